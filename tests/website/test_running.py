"""The cells of every notebook run in its page, in a real browser, and put out what they should."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import bcrypt
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from checker.website.notebooks import Cell, Notebook, notebooks
from tests.website.looking import NARROW, WIDE, hard_to_read, open_all, shutting_out, sticking_out
from tests.website.watching import Watch

NOTEBOOKS = notebooks()
FIRST = NOTEBOOKS[0]
MEASURED = "# NBVAL_IGNORE_OUTPUT\n"
#: Milliseconds for all cells of a page on a machine that does other things as well.
ALL_RUN_WITHIN = 240_000
#: Milliseconds for Python to come, and for one cell.
RUN_WITHIN = 90_000
SVG = "data:image/svg+xml;charset=utf-8,"
#: As strict as pages with the theme's own scripts in them can be: no code is made from text.
STRICT = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:"
)
HASHES = """
import bcrypt, hashlib, json

def told(call):
    try:
        made = call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return made.hex() if isinstance(made, bytes) else made

print(json.dumps([told(lambda: eval(call)) for call in CALLS]))
"""
CALLS = [
    "hashlib.scrypt(b'correct horse', salt=b'salt', n=2**15, r=8, p=1, maxmem=2**27)",
    "hashlib.scrypt(b'correct horse', salt=b'salt', n=2**14, r=8, p=3, maxmem=2**27, dklen=32)",
    "hashlib.scrypt('Tür 🔑'.encode(), salt=bytes(range(256)), n=2, r=1, p=1, dklen=65)",
    "hashlib.scrypt(b'', salt=b'', n=16, r=1, p=1)",
    "hashlib.scrypt(bytearray(b'a'), salt=memoryview(b'b'), n=16, r=2, p=5)",
    "hashlib.scrypt(b'a', salt=b'b', n=2**15, r=8, p=1)",
    "hashlib.scrypt(b'a', salt=b'b', n=15, r=8, p=1)",
    "hashlib.pbkdf2_hmac('sha256', b'correct horse', b'salt', 10_000)",
    "hashlib.pbkdf2_hmac('sha512', 'Tür 🔑'.encode(), bytes(range(200)), 1000, 100)",
    "hashlib.pbkdf2_hmac('sha1', b'p' * 300, b'', 3, dklen=7)",
    "hashlib.pbkdf2_hmac('sha384', b'', b's', 1)",
    "hashlib.pbkdf2_hmac('md5', b'a', b'b', 2)",
    "hashlib.pbkdf2_hmac('sha256', b'a', b'b', 0)",
    "bcrypt.hashpw(b'correct horse', b'$2b$04$abcdefghijklmnopqrstuu')",
    "bcrypt.hashpw('Tür 🔑'.encode() + b'!' * 62, b'$2a$05$abcdefghijklmnopqrstuu')",
    "bcrypt.hashpw(b'', b'$2b$04$abcdefghijklmnopqrstuu')",
    "bcrypt.hashpw(b'a' * 73, bcrypt.gensalt(4))",
    "bcrypt.hashpw(b'a', b'no salt')",
    "bcrypt.checkpw(b'b', bcrypt.hashpw(b'a', bcrypt.gensalt(4)))",
    "bcrypt.checkpw(b'a', bcrypt.hashpw(b'a', bcrypt.gensalt(4)))",
    "bcrypt.gensalt(7)[:7]",
    "bcrypt.gensalt(32)",
]


class Shown:
    """A notebook's page, as somebody uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.status = page.get_by_role("status").first
        self.originals = page.get_by_role("button", name=re.compile("Original code of"))

    def open(self, notebook: Notebook) -> None:
        """Go to the page of a notebook and wait for its buttons."""
        self.page.goto(f"notebooks/{notebook.name}/")
        expect(self.button("Run all cells")).to_be_visible()

    def button(self, name: str) -> Locator:
        """Return the button of that name, whole."""
        return self.page.get_by_role("button", name=name, exact=True)

    def cell(self, cell: Cell) -> Locator:
        """Return what belongs to a cell."""
        return self.page.locator(f"#cell-{cell.id}")

    def code(self, number: int) -> Locator:
        """Return where the code of a cell is written, when it is being edited."""
        return self.page.get_by_role("textbox", name=re.compile(f"Code of cell {number}[.]"))

    def write(self, number: int, source: str) -> None:
        """Write other code into a cell."""
        if not self.code(number).is_visible():
            self.button(f"Edit cell {number}").click()
        self.code(number).fill(source)

    def restore(self) -> None:
        """Have the original code in all cells."""
        while self.originals.count():
            self.originals.first.click()

    def run(self, source: str, state: str = "done") -> Locator:
        """Write other code into the first cell, run it to its end; return the cell's output."""
        self.write(1, source)
        self.button("Run cell 1").click()
        cell = self.page.locator(".cell").first
        ended(cell, state)
        return cell.locator(".live")


@pytest.fixture(scope="module")
def visit(browser: Browser, served: str) -> Iterator[BrowserContext]:
    """A visitor who goes from page to page, so that Python is fetched once."""
    context = browser.new_context(base_url=served, viewport=WIDE)
    context.set_default_timeout(RUN_WITHIN)
    yield context
    context.close()


@pytest.fixture
def shown(visit: BrowserContext, watch: Watch) -> Iterator[Shown]:
    """A new tab of the visitor's: no error in its console, no request to elsewhere."""
    page = visit.new_page()
    watch.over(page)
    yield Shown(page)
    page.close()
    watch.is_silent()


@pytest.fixture(scope="module")
def started(visit: BrowserContext, served: str) -> Iterator[Shown]:
    """The first page with its Python running, for tests that each need some cell to be run.

    The server is one that forbids as much as it can.
    """
    page = visit.new_page()
    page.route(re.compile(r"/notebooks/[^/]+/$|/run/worker\.js$"), _strictly)
    watch = Watch(served)
    watch.over(page)
    shown = Shown(page)
    shown.open(FIRST)
    shown.button("Run cell 1").click()
    ended(shown.cell(codes(FIRST)[0]))
    yield shown
    page.close()
    watch.is_silent()


def codes(notebook: Notebook) -> list[Cell]:
    return [cell for cell in notebook.cells if cell.is_code]


def ended(cell: Locator, state: str = "done") -> None:
    """Wait until a cell has run, with this end."""
    pattern = re.compile("done|failed")
    expect(cell).to_have_attribute("data-state", pattern, timeout=RUN_WITHIN)
    assert cell.get_attribute("data-state") == state, cell.inner_text()


def put_out(live: Locator) -> list[str]:
    """Return what a cell has put out in the page: texts, and pictures as their SVG."""
    found: list[list[str]] = live.locator("> *").evaluate_all(
        "all => all.map(one => [one.getAttribute('src') || '', one.textContent])"
    )
    return [unquote(source.removeprefix(SVG)) if source else text for source, text in found]


def stored(cell: Cell) -> list[str]:
    """Return what the notebook's file has for a cell, likewise."""
    found = []
    for output in cell.outputs:
        data = output.get("data", {})
        found.append("".join(data.get("image/svg+xml") or output.get("text") or data["text/plain"]))
    return found


def comparable(outputs: list[str], cell: Cell) -> list[str]:
    """Leave out what is no cell's doing: the last line's end, and how long something took."""
    outputs = [text.rstrip("\n") for text in outputs]
    if cell.source.startswith(MEASURED):
        outputs = [re.sub(r"<.*>", "a picture", text, flags=re.DOTALL) for text in outputs]
        outputs = [re.sub(r"[\d.,]+", "0", text) for text in outputs]
    return outputs


@pytest.mark.apart
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_all_cells_put_out_in_the_page_what_the_notebook_holds(
    shown: Shown, notebook: Notebook
) -> None:
    asked: list[str] = []
    shown.page.on("request", lambda request: asked.append(request.url))
    shown.open(notebook)
    shown.page.wait_for_load_state("networkidle")
    assert [url for url in asked if "/vendor/" in url or "run/worker" in url] == []
    runnable = [cell for cell in codes(notebook) if cell.is_for_page]
    shown.button("Run all cells").click()
    expect(shown.status).to_have_text(
        re.compile(r"have run\.|has run\.|stopped with an error|missing|cannot"),
        timeout=ALL_RUN_WITHIN,
    )
    seen = {cell.id: put_out(shown.cell(cell).locator("> .live")) for cell in runnable}
    assert {cell.id: comparable(seen[cell.id], cell) for cell in runnable} == {
        cell.id: comparable(stored(cell), cell) for cell in runnable
    }
    expect(shown.status).to_have_text(f"{len(runnable)} cells have run.")
    assert any("/vendor/pyodide/" in url for url in asked)


def test_a_cell_has_the_earlier_ones_run_first(shown: Shown) -> None:
    shown.open(FIRST)
    first, second, third, fourth = codes(FIRST)[:4]
    told: list[str] = []

    def look(route: Route) -> None:
        states = [shown.cell(cell).locator(".run-state") for cell in (second, third)]
        told.extend(place.inner_text() for place in (shown.status, *states))
        route.continue_()

    shown.page.route("**/*.wasm", look)
    shown.button("Run cell 3").click()
    ended(shown.cell(third))
    loading = "Loading Python: about 17 MB, once."
    assert told == [loading, "waiting", loading]
    expect(shown.status).to_have_text("3 cells have run.")
    expect(shown.cell(first).get_by_text("ran in")).to_be_visible()
    assert put_out(shown.cell(second).locator("> .live")) == stored(second)
    assert put_out(shown.cell(fourth).locator("> .live")) == []
    shown.button("Run cell 2").click()
    expect(shown.status).to_have_text("Cell 2 has run.")
    assert shown.cell(second).locator("> .live").get_attribute("aria-live") == "polite"


def test_an_output_takes_the_place_of_the_stored_one_until_one_starts_afresh(
    started: Shown,
) -> None:
    kept = started.cell(codes(FIRST)[0]).locator("> .output:not(.live)")
    live = started.run("print('something else')")
    assert put_out(live) == ["something else\n"]
    expect(kept).to_be_hidden()
    started.button("Start afresh").click()
    expect(kept).to_be_visible()
    assert put_out(live) == []
    expect(started.button("Run all cells")).to_be_focused()


def test_an_error_is_told_from_the_cell_on_and_stops_what_comes_later(started: Shown) -> None:
    started.restore()
    started.write(2, "print('before')\n\ndef ask():\n    return {}['answer']\n\nask()")
    started.button("Run cell 2").click()
    _, second, third, fourth = codes(FIRST)[:4]
    ended(started.cell(second), "failed")
    started.button("Run cell 4").click()
    for later in (third, fourth):
        expect(started.cell(later)).to_contain_text("not run: cell 2 failed")
    assert put_out(started.cell(second).locator("> .live")) == [
        "before\n",
        "Error",
        "Traceback (most recent call last):\n"
        '  File "cell log-in", line 6, in <module>\n'
        "    ask()\n"
        "    ~~~^^\n"
        '  File "cell log-in", line 4, in ask\n'
        "    return {}['answer']\n"
        "           ~~^^^^^^^^^^\n"
        "KeyError: 'answer'\n",
    ]
    expect(started.status).to_have_text("Cell 2 stopped with an error.")
    started.button("Original code of cell 2").click()
    expect(started.button("Edit cell 2")).to_be_focused()
    started.button("Run cell 1").click()
    started.button("Run cell 4").click()
    ended(started.cell(fourth))


@pytest.mark.parametrize(
    ("source", "last"),
    [
        ("print('a'\n", "SyntaxError: '(' was never closed"),
        ("import flask_moment", "ModuleNotFoundError: No module named 'flask_moment'"),
        ("input('Name: ')", "EOFError"),
        ("def f(): f()\nf()", "RecursionError: "),
        ("raise SystemExit('enough')", "SystemExit: enough"),
        ("import flask\nflask.Flask('x').test_client().get(1)", "AttributeError: "),
    ],
)
def test_an_error_of_any_kind_is_told(started: Shown, source: str, last: str) -> None:
    told = put_out(started.run(source, state="failed"))[-1]
    assert last in told
    assert "page_cells" not in told
    assert put_out(started.run("print('and on')")) == ["and on\n"]


def test_values_are_shown_as_in_jupyter(started: Shown) -> None:
    assert put_out(started.run("1\n'a\\n'")) == ["'a\\n'"]
    assert put_out(started.run("1;")) == []
    assert put_out(started.run("None")) == []
    assert put_out(started.run("x = 1")) == []
    assert put_out(started.run("print('a', end='')\n[1]")) == ["a", "[1]"]
    printed = "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')"
    assert sorted(put_out(started.run(printed))) == ["a\nc\n", "b\n"]


def test_a_page_that_never_ends_is_cut(started: Shown) -> None:
    (text,) = put_out(started.run("for n in range(100_000): print(n)"))
    assert text.startswith("0\n1\n2\n")
    assert text.endswith("… and more, not shown here\n")
    assert len(text) < 201_000


def test_a_picture_that_holds_a_script_is_only_a_picture(started: Shown) -> None:
    bad = """
class Bad:
    def _repr_svg_(self):
        head = '<svg xmlns="http://www.w3.org/2000/svg" onload="parent.hit = 1">'
        return head + '<script>hit = 1</script></svg>'
    def _repr_html_(self):
        return '<img src=x onerror="hit = 1">'
    def __repr__(self):
        return '<b onclick="hit = 1">words</b>'
Bad()"""
    live = started.run(bad)
    picture = live.locator("> *")
    expect(picture).to_have_count(1)
    assert picture.evaluate("one => [one.tagName, one.alt, one.childElementCount]") == [
        "IMG",
        '<b onclick="hit = 1">words</b>',
        0,
    ]
    live = started.run(bad.replace("_repr_svg_", "_no_svg_"))
    assert live.locator("code").inner_html() == '&lt;b onclick="hit = 1"&gt;words&lt;/b&gt;'
    assert started.page.evaluate("typeof hit") == "undefined"


def test_hashes_are_those_of_cpython(started: Shown) -> None:
    def told(call: str) -> Any:
        try:
            made = eval(call, {"hashlib": hashlib, "bcrypt": bcrypt})  # noqa: S307 - from the list above
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return made.hex() if isinstance(made, bytes) else made

    (printed,) = put_out(started.run(f"CALLS = {CALLS!r}{HASHES}"))
    # Python 3.14 says in other words than 3.11 which numbers it takes.
    mine = [re.sub(r"\(.*?memory|\(.*", "", str(one)) for one in json.loads(printed)]
    assert dict(zip(CALLS, mine, strict=True)) == {
        call: re.sub(r"\(.*?memory|\(.*", "", str(told(call))) for call in CALLS
    }


def test_what_reads_the_hashes_of_an_app_works(started: Shown) -> None:
    source = (
        "from werkzeug.security import check_password_hash, generate_password_hash\n"
        "made = generate_password_hash('sunshine2024')\n"
        "print(made[:16], check_password_hash(made, 'sunshine2024'), "
        "check_password_hash(made, 'sunshine2025'))"
    )
    assert put_out(started.run(source)) == ["scrypt:32768:8:1 True False\n"]


def test_a_package_is_brought_when_a_cell_that_was_edited_needs_it(started: Shown) -> None:
    asked: list[str] = []
    started.page.on("request", lambda request: asked.append(request.url))
    source = "import flask_sqlalchemy, sqlalchemy as sa\nstr(sa.select(sa.literal(1) + 1))"
    (text,) = put_out(started.run(source))
    assert text.startswith("'SELECT")
    assert any("sqlalchemy" in url for url in asked)


def test_a_cell_that_does_not_end_is_stopped(started: Shown) -> None:
    started.restore()
    started.write(1, "print('here we go', flush=True)\nwhile True:\n    pass")
    started.button("Run cell 1").click()
    first, second = (started.cell(cell) for cell in codes(FIRST)[:2])
    expect(first.locator(".live")).to_have_text("here we go", timeout=RUN_WITHIN)
    started.button("Run cell 2").click()
    expect(second.locator(".run-state")).to_have_text("waiting")
    started.button("Stop").click()
    expect(first.locator(".run-state")).to_have_text("stopped")
    expect(second.locator(".run-state")).to_have_text("")
    expect(started.button("Stop")).to_be_hidden()
    started.button("Original code of cell 1").click()
    started.button("Run cell 2").click()
    ended(second)


def test_stop_helps_while_python_is_on_its_way_too(shown: Shown) -> None:
    shown.open(FIRST)
    shown.button("Run all cells").click()
    shown.button("Stop").click()
    expect(shown.status).to_have_text("Stopped. Python starts afresh when you run a cell again.")
    expect(shown.page.locator("[data-state]")).to_have_count(0)


def test_the_keyboard_is_enough(started: Shown) -> None:
    started.restore()
    started.button("Edit cell 2").press("Enter")
    editor = started.code(2)
    expect(editor).to_be_focused()
    editor.press("ControlOrMeta+A")
    editor.press_sequentially("print(40 + 2)")
    editor.press("Control+Enter")
    ended(started.cell(codes(FIRST)[1]))
    assert put_out(started.cell(codes(FIRST)[1]).locator(".live")) == ["42\n"]
    expect(editor).to_be_focused()
    editor.press("Tab")
    expect(started.button("Run cell 2")).to_be_focused()
    started.page.keyboard.press("Shift+Tab")
    expect(editor).to_be_focused()


def test_a_page_with_outputs_and_an_editor_is_for_everybody(started: Shown) -> None:
    started.run("print('x' * 500)\n1 / 0", state="failed")
    page = started.page
    open_all(page)
    assert shutting_out(page) == []
    body = page.locator("body")
    kinds: set[str] = set()
    for scheme in ("default", "slate"):
        body.evaluate("(body, name) => body.setAttribute('data-md-color-scheme', name)", scheme)
        assert hard_to_read(page, kinds) == [], scheme
    page.set_viewport_size(NARROW)
    assert sticking_out(page) == []
    page.set_viewport_size(WIDE)
    body.evaluate("body => body.setAttribute('data-md-color-scheme', 'default')")


def test_a_cell_that_cannot_run_in_a_page_says_so(shown: Shown) -> None:
    _with(shown.page, 'data-cell="read-it"', 'data-cell="read-it" data-not-in-page="It asks you."')
    shown.open(FIRST)
    expect(shown.button("Run cell 4")).to_have_count(0)
    told = "This cell runs in Jupyter only. It asks you."
    expect(shown.page.locator("#cell-read-it")).to_contain_text(told)
    expect(shown.button("Run cell 5")).to_be_visible()


def test_it_says_so_when_what_runs_python_is_not_there(started: Shown) -> None:
    started.run("")
    started.button("Start afresh").click()
    started.page.context.route("**/vendor/**", lambda route: route.fulfill(status=404))
    try:
        started.button("Run cell 1").click()
        expect(started.status).to_contain_text("`python3 -m checker docs` fetches it.")
        expect(started.page.locator("[data-state]")).to_have_count(0)
    finally:
        started.page.context.unroute("**/vendor/**")
    started.run("")


def test_a_page_is_whole_where_no_scripts_run(browser: Browser, served: str) -> None:
    context = browser.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"notebooks/{FIRST.name}/")
    expect(page.get_by_role("button", name=re.compile("Run|Edit"))).to_have_count(0)
    for cell in codes(FIRST):
        place = page.locator(f"#cell-{cell.id}")
        expect(place.locator("code").first).to_contain_text(cell.source.splitlines()[0])
        shown = place.locator(".output")
        for text in stored(cell):
            if text.startswith("<svg"):
                expect(shown.get_by_role("img")).to_be_visible()
            else:
                assert text.rstrip("\n") in shown.inner_text()
    context.close()


def _strictly(route: Route) -> None:
    response = route.fetch()
    route.fulfill(response=response, headers=response.headers | {"content-security-policy": STRICT})


def _with(page: Page, old: str, new: str) -> None:
    """Have the page's HTML changed on its way."""

    def change(route: Route) -> None:
        response = route.fetch()
        assert old in response.text()
        route.fulfill(response=response, body=response.text().replace(old, new))

    page.route("**/notebooks/*/", change)
