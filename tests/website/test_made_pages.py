"""The pages that are made are what their sources make of them, and all of them can be reached."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from checker import mistakes
from checker.course import ROOT, checks_of, steps
from checker.lessons.blocks import blocks
from checker.website import changes, lessons, pages
from checker.website.links import SiteError
from checker.website.mistakes import FOR_READERS, groups
from checker.website.myths import myths
from checker.website.notebooks import notebooks
from tests.website.building import settings

COURSE = steps()
MADE = pages.made()
PAGES = sorted(path for path in MADE if path.endswith(".md"))
PICTURES = sorted(path for path in MADE if path.endswith(".svg"))
EACH_STEP = pytest.mark.parametrize("step", COURSE, ids=lambda step: step.name)
EACH_NOTEBOOK = pytest.mark.parametrize("notebook", notebooks(), ids=lambda one: one.name)
LISTING = re.compile(r'^```\w+ title="([^"]+)" hl_lines="([^"]+)"\n(.*?)^```$', re.M | re.S)
DIFF = re.compile(r'^```+diff title="([^"]+)"\n(.*?)^```+$', re.MULTILINE | re.DOTALL)
#: What pages are made from, besides the checker itself.
SOURCES = ("steps", "solutions", "notebooks", "docs", "checker/starters", "checker/suites/data")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what pages are made from, to change it."""
    for name in SOURCES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("vendor"))
    return tmp_path


def nav() -> list[str]:
    """Return the pages that mkdocs.yml names, in order."""

    def named(entry: object) -> list[str]:
        if isinstance(entry, str):
            return [entry]
        parts = entry.values() if isinstance(entry, dict) else entry
        return [page for part in parts for page in named(part)]

    return named(settings()["nav"])


def section(page: str, heading: str) -> str:
    """Return the text of one section of a page, its own sections included."""
    level = heading.partition(" ")[0]
    _, found, rest = page.partition(f"\n{heading}\n")
    assert found, heading
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def shown(text: str) -> str:
    """Return a text as it is read, without what keeps it from being Markdown."""
    return html.unescape(re.sub(r"\\(.)", r"\1", text))


def prose(page: str) -> str:
    """Return a page without its code."""
    without = re.sub(r"^(```+).*?^\1$", "", page, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`]*`", "", without)


# --- Up to date ---------------------------------------------------------------------------------


def test_the_committed_pages_are_what_their_sources_make() -> None:
    assert pages.stale() == [], "bring them up to date: python3 -m checker docs --write"


def test_a_changed_lesson_makes_its_page_stale_and_writing_it_mends_that(project: Path) -> None:
    pages.write(project)
    lesson = project / "steps/02-registration/README.md"
    lesson.write_text(lesson.read_text("utf-8").replace("## Break it", "Mend it.\n\n## Break it"))
    assert pages.stale(project) == ["lessons/02-registration.md"]
    assert pages.write(project) == ["lessons/02-registration.md"]
    assert "\nMend it.\n" in (project / "docs/lessons/02-registration.md").read_text("utf-8")
    assert pages.stale(project) == []


def test_a_page_without_a_source_is_removed(project: Path) -> None:
    pages.write(project)
    for name in ("lessons/07-gone.md", "assets/notebooks/gone.svg", "checks/gone.md"):
        (project / "docs" / name).write_text("gone")
    gone = ["assets/notebooks/gone.svg", "checks/gone.md", "lessons/07-gone.md"]
    assert pages.stale(project) == gone
    assert pages.write(project) == gone
    assert not (project / "docs/lessons/07-gone.md").exists()


def test_a_page_changed_by_hand_is_stale(project: Path) -> None:
    pages.write(project)
    (project / "docs/myths.md").write_text("All of them are true.")
    assert pages.stale(project) == ["myths.md"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "steps/02-registration/README.md",
            "notebooks/05-myths-sessions.ipynb",
            "notebooks/none.ipynb",
            "steps/02-registration/README.md links to ../../notebooks/none.ipynb#cell-id="
            "myth-logout-ends-copies, which is not there. Mend the link.",
        ),
        (
            "steps/02-registration/README.md",
            "app.py#add_account in",
            "app.py#add_acount in",
            "steps/02-registration/README.md: nothing at the top level is called 'add_acount'",
        ),
        (
            "steps/03-sqlalchemy/README.md",
            "<!-- listing: solutions/03-sqlalchemy/models.py as a new file -->",
            "<!-- list: solutions/03-sqlalchemy/models.py -->",
            "steps/03-sqlalchemy/README.md: line ",
        ),
        (
            "steps/04-password-hashing/README.md",
            "\n## Your task\n",
            "\n## What to do\n",
            "README.md: no `## Your task` with `## Hints` after it.",
        ),
        (
            "notebooks/01-sessions.ipynb",
            '"cell_type": "code"',
            '"type": "code"',
            "notebooks/01-sessions.ipynb cannot be read as a notebook (KeyError: 'cell_type').",
        ),
        (
            "notebooks/05-myths-sessions.ipynb",
            "**Claim** (seed 000)",
            "**Claim**",
            "notebooks/05-myths-sessions.ipynb, cell myth-session-is-encrypted: a claim has a ",
        ),
    ],
)  # fmt: skip
def test_a_source_that_makes_no_page_is_named(
    project: Path, file: str, old: str, new: str, said: str
) -> None:
    text = (project / file).read_text("utf-8")
    assert old in text
    (project / file).write_text(text.replace(old, new), "utf-8")
    with pytest.raises(SiteError) as error:
        pages.made(project)
    assert said in str(error.value)


# --- Found, and connected -----------------------------------------------------------------------


def test_every_page_is_in_the_navigation_once_and_none_is_missing() -> None:
    named = nav()
    assert sorted(set(PAGES) - set(named)) == [], "add these to nav in mkdocs.yml"
    assert len(named) == len(set(named))
    assert [page for page in named if not (ROOT / "docs" / page).is_file()] == []


def test_lessons_notebooks_checks_and_mistakes_stand_in_order() -> None:
    for folder in ("lessons", "notebooks", "checks", "mistakes"):
        named = [page for page in nav() if re.match(rf"{folder}/\d", page)]
        assert named == sorted(page for page in PAGES if re.match(rf"{folder}/\d", page))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_links_to_pages_never_to_what_they_were_made_from(page: str) -> None:
    for label, target in re.findall(r"\[([^\]]*)\]\(([^)\s]+)\)", prose(MADE[page])):
        if target.startswith(("https://", "http://")):
            continue
        path = target.partition("#")[0]
        assert not path.endswith((".ipynb", "README.md")), f"{label}: {target}"
        assert path.endswith((".md", ".svg", ".png", "")), f"{label}: {target}"
        there = (ROOT / "docs" / page).parent / path if path else ROOT / "docs" / page
        assert there.resolve().is_file(), f"{label}: {target}"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_what_to_change_instead_of_it_and_has_a_title(page: str) -> None:
    head = re.match(
        r'---\n# Made from (.+) by `python3 -m checker docs --write`: change that, not this\.\n'
        r'title: "(.+)"\n---\n\n',
        MADE[page],
    )  # fmt: skip
    assert head
    if (source := head[1]).endswith((".ipynb", "README.md")):
        assert (ROOT / source).is_file()


# --- Lessons ------------------------------------------------------------------------------------


def lesson_of(step) -> str:
    return MADE[f"lessons/{step.name}.md"]


@EACH_STEP
def test_the_strip_below_the_heading_has_every_step_and_says_where_one_is(step) -> None:
    page = lesson_of(step)
    assert re.search(rf'^# .+\n\n<nav class="steps" .*data-here="{step.name}"', page, re.MULTILINE)
    strip = page.partition("<nav")[2].partition("</nav>")[0]
    assert re.findall(r'data-step="([^"]+)"', strip) == [one.name for one in COURSE]
    here = re.findall(r"\]\((\S+)\.md\)\{ aria-current=page \}", strip)
    assert here == [step.name]
    assert page.endswith(f'<div class="step-done" data-step="{step.name}"></div>\n')


@EACH_STEP
def test_every_listing_stands_in_the_page_under_its_file_and_no_comment_is_left(step) -> None:
    page = lesson_of(step)
    assert "<!--" not in re.sub(r"^```.*?^```$", "", page, flags=re.DOTALL | re.MULTILINE)
    for block in blocks((step.folder / "README.md").read_text("utf-8")):
        assert f"\n{block.text}\n" in page or block.language == "mermaid"
        if block.kind in ("listing", "mistake"):
            file = block.path.split("/", 2)[2]
            assert re.search(
                rf'^```{block.language} title="{re.escape(file)}".*\n{re.escape(block.text)}\n```$',
                page,
                re.MULTILINE,
            )


@EACH_STEP
def test_marked_lines_are_not_in_the_app_before_and_the_others_are(step) -> None:
    before = lessons.before(step, COURSE)
    marked = LISTING.findall(lesson_of(step))
    assert marked
    for file, spans, text in marked:
        known = {line.strip() for line in before[file].splitlines()}
        numbers = [
            number
            for span in spans.split()
            for first, _, last in [span.partition("-")]
            for number in range(int(first), int(last or first) + 1)
        ]
        lines = text.splitlines()
        assert any(line.strip() not in known for line in (lines[n - 1] for n in numbers))
        for number, line in enumerate(lines, start=1):
            if number not in numbers and line.strip():
                assert line.strip() in known, f"{file}: {line}"


@EACH_STEP
def test_the_whole_change_makes_the_solution_of_the_step_before_it(step) -> None:
    app = lessons.before(step, COURSE)
    page = section(lesson_of(step), "## The whole change")
    for file, diff in DIFF.findall(page):
        app[file] = patched(app.get(file, ""), diff)
    for file in re.findall(r"^`(.+?)` is no longer needed; remove it\.$", page, re.MULTILINE):
        del app[file]
    for block in blocks((step.folder / "README.md").read_text("utf-8")):
        if block.is_new_file:
            app[block.path.split("/", 2)[2]] = block.text + "\n"
    assert app == changes.program(step.solution)


def patched(text: str, diff: str) -> str:
    """Return a text after the changes of a diff as the pages show it."""
    old = text.splitlines()
    made: list[str] = []
    for line in diff.splitlines():
        if start := re.fullmatch(r"@@ from line (\d+) @@", line):
            while len(made) < int(start[1]) - 1:
                made.append(old.pop(0))
        elif line.startswith("+"):
            made.append(line[1:])
        else:
            assert old.pop(0) == line[1:]
            if not line.startswith("-"):
                made.append(line[1:])
    return "\n".join([*made, *old]) + "\n"


@EACH_STEP
def test_everything_folded_has_its_markdown_rendered(step) -> None:
    page = prose(lesson_of(step))
    assert page.count("<details") == page.count('markdown="1"><summary>') >= 6
    assert "<details>" not in page
    assert "`" not in "".join(re.findall(r"<summary>.*?</summary>", page))


@EACH_STEP
def test_a_diagram_is_shown_as_text_that_a_script_may_draw(step) -> None:
    lesson = (step.folder / "README.md").read_text("utf-8")
    drawn = re.findall(r'<pre class="diagram"><code>(.*?)</code></pre>', lesson_of(step), re.DOTALL)
    assert len(drawn) == lesson.count("```mermaid")
    assert "```mermaid" not in lesson_of(step)
    for diagram in drawn:
        assert "<" not in diagram
        assert diagram.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") in lesson


@EACH_STEP
def test_a_lesson_leads_to_its_checks_and_mistakes(step) -> None:
    task = section(lesson_of(step), "## Your task")
    assert f"(../checks/{step.name}.md)" in task
    assert f"(../mistakes/{step.name}.md)" in task


# --- Notebooks ----------------------------------------------------------------------------------


@EACH_NOTEBOOK
def test_a_notebook_page_has_every_cell_under_its_id_with_what_it_put_out(notebook) -> None:
    page = MADE[f"notebooks/{notebook.name}.md"]
    assert f'<div class="notebook" data-notebook="{notebook.name}" markdown="1">' in page
    ids = re.findall(r'^<div class="(?:text|cell)" id="cell-(.+?)"', page, re.MULTILINE)
    assert ids == [cell.id for cell in notebook.cells]
    for cell in notebook.cells:
        if not cell.is_code:
            continue
        there = page.partition(f'data-cell="{cell.id}"')[2].partition('<div class="text"')[0]
        assert cell.source.removeprefix("# NBVAL_IGNORE_OUTPUT\n").rstrip() in there
        for output in cell.outputs:
            text = "".join(output.get("text", ""))
            assert text.rstrip("\n") in there
            assert ("image/svg+xml" in output.get("data", {})) <= (
                "](../assets/notebooks/" in there
            )


def test_what_a_cell_puts_out_is_shown_whatever_it_is(project: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" aria-label="Two *bars*"><rect/></svg>'
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["\x1b[31mred\x1b[0m\n", "```\n"]},
        {"output_type": "display_data", "data": {"image/svg+xml": [svg]}, "metadata": {}},
        {"output_type": "execute_result", "data": {"text/plain": ["[1,\n", " 2]"]}, "metadata": {}},
        {"output_type": "error", "traceback": ["\x1b[0;31mKeyError\x1b[0m", "in <cell>: 'a'"]},
    ]
    cells = [
        {"id": "top", "cell_type": "markdown", "metadata": {}, "source": ["# 99. Odd\n"]},
        {
            "id": "odd",
            "cell_type": "code",
            "metadata": {"tags": ["not-in-page"]},
            "source": "print()",
            "outputs": outputs,
        },
        {"id": "dry", "cell_type": "code", "metadata": {}, "source": "a = 1", "outputs": []},
    ]
    (project / "notebooks/99-odd.ipynb").write_text(json.dumps({"cells": cells}))
    made = pages.made(project)
    page = made["notebooks/99-odd.md"]
    assert 'title: "99. Odd"' in page
    assert (
        '<div class="cell" id="cell-odd" data-cell="odd" data-not-in-page="" markdown="1">' in page
    )
    assert "````text\nred\n```\n````\n" in page
    picture = "assets/notebooks/99-odd-odd-2.svg"
    assert f"[![Two \\*bars\\*](../{picture})](../{picture})" in page
    assert made[picture] == svg + "\n"
    assert "```text\n[1,\n 2]\n```\n" in page
    assert "```text\nKeyError\nin <cell>: 'a'\n```\n" in page
    assert page.endswith(
        '<div class="cell" id="cell-dry" data-cell="dry" markdown="1">\n\n```python\na = 1\n```\n\n'
        "</div>\n\n</div>\n"
    )


def test_a_notebook_without_a_heading_is_named(project: Path) -> None:
    (project / "notebooks/99-odd.ipynb").write_text('{"cells": []}')
    with pytest.raises(
        SiteError, match=r"^notebooks/99-odd\.ipynb has no heading that begins with"
    ):
        pages.made(project)


@EACH_NOTEBOOK
def test_every_part_of_a_notebook_page_is_closed(notebook) -> None:
    page = prose(MADE[f"notebooks/{notebook.name}.md"])
    assert page.count("<div") == page.count("</div>")
    assert page.count("<details") == page.count("</details>")


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_svg_that_a_page_shows_and_says_in_words(picture: str) -> None:
    root = ElementTree.fromstring(MADE[picture])
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None and title.text
    notebook = next(one.name for one in notebooks() if f"/{one.name}-" in picture)
    page = MADE[f"notebooks/{notebook}.md"]
    place = re.escape(f"(../{picture})")
    (words,) = re.findall(rf"^\[!\[(.+)\]{place}\]{place}$", page, re.MULTILINE)
    assert shown(words).startswith(title.text)


# --- Checks and mistakes ------------------------------------------------------------------------


@EACH_STEP
def test_every_check_stands_where_it_is_new_with_its_hints_and_points(step) -> None:
    page = MADE[f"checks/{step.name}.md"]
    asked = checks_of(step, COURSE)
    new = [each for each in asked if each.since is step]
    assert re.findall(r"^### .+ \{ #(.+) \}$", page, re.MULTILINE) == [e.check.id for e in new]
    for each in new:
        entry = section(page, f"### {each.check.title} {{ #{each.check.id} }}")
        assert entry.strip().startswith(f"**{each.points} point")
        assert f"(../lessons/{step.name}.md#{each.check.lesson})" in entry
        for number, hint in enumerate(each.check.hints, start=1):
            assert f"\n{number}. {hint}\n" in entry
        for needed in each.check.needs:
            assert re.search(rf"\[`{needed}`\]\([^)]*#{needed}\)", entry)
        assert ("asked on SQLite only" in entry) == (
            each.check.databases == ("sqlite",) != step.databases
        )


@EACH_STEP
def test_every_check_that_is_kept_leads_to_the_step_that_brought_it(step) -> None:
    kept = [each for each in checks_of(step, COURSE) if each.since is not step]
    kept.sort(key=lambda each: each.since.number)
    page = MADE[f"checks/{step.name}.md"]
    if not kept:
        assert "## Kept from earlier steps" not in page
        return
    told = section(page, "## Kept from earlier steps")
    lines = [line for line in told.splitlines() if line.startswith("- ")]
    assert len(lines) == len(kept)
    for line, each in zip(lines, kept, strict=True):
        assert f"]({each.since.name}.md#{each.check.id}) · {each.points} point" in line
        before = told.partition(line)[0]
        assert before.rpartition("**From step ")[2].startswith(f"{each.since.number}**")


def entry_of(mistake, page: str) -> str:
    """Return what a page says of a mistake."""
    heading = re.search(rf"^### (.+) \{{ #{re.escape(mistake.id)} \}}$", page, re.MULTILINE)
    assert heading
    assert shown(heading[1]) == mistake.title
    return section(page, heading[0])


@EACH_STEP
def test_every_mistake_is_shown_once_and_leads_to_the_check_that_leads_back(step) -> None:
    page = MADE[f"mistakes/{step.name}.md"]
    since = {each.check.id: each.since.name for each in checks_of(step, COURSE)}
    known = mistakes.load(step.number)
    assert re.findall(r"^### .+ \{ #(.+) \}$", page, re.MULTILINE) == [one.id for one in known]
    for mistake in known:
        entry = entry_of(mistake, page)
        assert mistake.teaches in shown(entry)
        assert f"(../checks/{since[mistake.killed_by]}.md#{mistake.killed_by})" in entry
        assert f"(../mistakes/{step.name}.md#{mistake.id})" in MADE[f"checks/{step.name}.md"]


@EACH_STEP
def test_the_diff_of_a_mistake_makes_it_of_the_solution(step) -> None:
    page = MADE[f"mistakes/{step.name}.md"]
    solution = changes.program(step.solution)
    for mistake in mistakes.load(step.number):
        entry = entry_of(mistake, page)
        app = dict(solution)
        for file, diff in DIFF.findall(entry):
            app[file] = patched(app.get(file, ""), diff)
        assert app == mistakes.apply(mistake, solution), mistake.id


def test_the_first_page_of_mistakes_leads_to_every_group_and_says_how_many_there_are() -> None:
    page = MADE["mistakes/index.md"]
    for step in COURSE:
        for group in groups(step):
            (line,) = re.findall(
                rf"^- \[{re.escape(group.heading)}\]\({step.name}\.md#.+\) \((\d+)\)$", page, re.M
            )
            assert int(line) == len(group.mistakes)
    total = sum(len(mistakes.load(step.number)) for step in COURSE)
    assert f"\n{total} ways in which" in page


@EACH_STEP
def test_mistakes_stand_under_the_headings_of_their_catalogue(step) -> None:
    page = MADE[f"mistakes/{step.name}.md"]
    found = groups(step)
    assert len(found) > 1
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == [group.heading for group in found]
    for theirs, ours in FOR_READERS.items():
        assert f"## {theirs}\n" not in page
        page = page.replace(f"## {ours}\n", f"## {theirs}\n")
    catalogue = mistakes.catalogue(step.number).read_text("utf-8")
    headings = re.findall(r"^# (.+)\n\n\[\[mistake\]\]$", catalogue, re.MULTILINE)
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == headings


# --- Myths --------------------------------------------------------------------------------------


def test_every_claim_that_a_notebook_settles_is_told_with_its_verdict() -> None:
    page = MADE["myths.md"]
    settled = [
        cell.id.removesuffix("-verdict")
        for notebook in notebooks()
        for cell in notebook.cells
        if cell.id.endswith("-verdict")
    ]
    assert re.findall(r"^### .+ \{ #(.+) \}$", page, re.MULTILINE) == settled
    for myth in myths():
        entry = section(page, f"### {myth.title} {{ #{myth.id} }}")
        assert f"“{myth.claim}” ({myth.said_in})" in entry
        assert f"[Run it](notebooks/{myth.notebook.name}.md#cell-{myth.id})" in entry
        assert re.search(r"^\*\*(Not so|Depends|True)\.\*\* \S", entry, re.MULTILINE)


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        ("False. The cookie is the session.", "not so"),
        ("False, twice. It redirects nobody.", "not so"),
        ("False since Flask 2.3: it is not read.", "not so"),
        ("False on SQLite, unless the table says so.", "depends"),
        ("False, if the query is put together as text.", "depends"),
        ("Half true. Changing is prevented.", "depends"),
        ("True. There is no other way.", "true"),
    ],
)
def test_a_verdict_is_sorted_by_its_first_words(verdict: str, kind: str, project: Path) -> None:
    notebook = project / "notebooks/05-myths-sessions.ipynb"
    text = notebook.read_text("utf-8")
    changed, count = re.subn(
        r'("id": "myth-session-is-encrypted-verdict".*?\*\*Settled\.\*\* )[^"]*?( → )',
        lambda found: f"{found[1]}{verdict}{found[2]}",
        text,
        count=1,
        flags=re.DOTALL,
    )
    assert count == 1
    notebook.write_text(changed, "utf-8")
    (myth,) = (one for one in myths(project) if one.id == "myth-session-is-encrypted")
    assert (myth.kind, myth.settled) == (kind, verdict)


@EACH_STEP
def test_the_myth_of_a_lesson_leads_from_the_page_to_its_section(step) -> None:
    lesson = (step.folder / "README.md").read_text("utf-8")
    cell = re.search(r"#cell-id=([a-z0-9-]+)\)", lesson)
    assert cell
    (heading,) = re.findall(r"^### .+ \{ #" + cell[1] + r" \}$", MADE["myths.md"], re.MULTILINE)
    assert f"(lessons/{step.name}.md#myth-" in section(MADE["myths.md"], heading)
