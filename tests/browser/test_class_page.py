"""The page of a class and the students' pages, in a real Chromium, as they lie on a disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright, expect
from real_browser import browser
from sample_class import HOSTILE, large_class, recorded, small_class, with_hostile_texts

from checker.course import steps
from checker.reports import class_page
from checker.reports.class_reports import write_all

#: Milliseconds in which three hundred rows are put in order, on a busy machine.
SORTED_WITHIN = 1500


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports of a class of five, of three hundred, of three hundred in six steps, of villains."""
    reports = recorded()
    folders = {name: tmp_path_factory.mktemp(name) for name in ("small", "hostile", "large", "six")}
    write_all(small_class(reports), folders["small"])
    write_all(with_hostile_texts(small_class(reports)), folders["hostile"])
    titles = {step.number: step.title for step in steps()}
    for name, numbers in {"large": (1,), "six": range(1, 7)}.items():
        text = class_page.render(large_class(reports, step_numbers=numbers), titles)
        (folders[name] / "class.html").write_text(text, encoding="utf-8")
    return folders


@pytest.fixture(scope="module")
def context(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    with browser(playwright, tmp_path_factory.mktemp("profile")) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext, folders: dict[str, Path]) -> Iterator[Page]:
    """A tab that may fetch the reports' files and nothing else, and whose console stays empty."""
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        said.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    page.close()
    ours = (*(folder.as_uri() for folder in folders.values()), "data:,")
    assert said == []
    assert [url for url in asked if not url.startswith(ours)] == []
    assert asked


def rows(page: Page, table: str = "table-1") -> list[str]:
    """The names in a table, as they stand there."""
    return page.locator(f"#{table} tbody tr:visible th").all_inner_texts()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("file", "width"),
    [
        ("class.html", 360),
        ("class.html", 1280),
        ("students/s1.html", 360),
        ("students/refused.html", 360),
    ],
)
def test_axe_finds_nothing_wrong(
    page: Page, folders: dict[str, Path], file: str, width: int, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 740})
    page.goto((folders["small"] / file).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found = Axe().run(page).response
    assert found["testEngine"]["version"] == "4.12.1"
    assert [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]] == []


@pytest.mark.parametrize("width", [320, 360])  # 320: WCAG 2.2, 1.4.10, reflow
def test_nothing_sticks_out_on_a_telephone(
    page: Page, folders: dict[str, Path], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    for file in ("class.html", "students/s0.html", "students/s4.html", "students/refused.html"):
        page.goto((folders["small"] / file).as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), file


def test_a_heading_sorts_and_sorts_the_other_way(page: Page, folders: dict[str, Path]) -> None:
    page.goto((folders["large"] / "class.html").as_uri())
    points = page.get_by_role("columnheader", name="Points").first
    points.get_by_role("button").click()
    expect(points).to_have_attribute("aria-sort", "ascending")
    scores = page.locator("#table-1 td.points").all_inner_texts()
    assert scores[0] == "–", "who was refused has no points and comes first"
    numbers = [int(score) for score in scores[1:]]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) > 3
    points.get_by_role("button").click()
    expect(points).to_have_attribute("aria-sort", "descending")
    scores = page.locator("#table-1 td.points").all_inner_texts()
    assert scores[0] == "100" and scores[-1] == "–"

    page.get_by_role("button", name="Student").click()
    names = rows(page)
    assert names[0].startswith("Ada Dijkstra") and names[-1].startswith("Radia Turing")
    assert len(names) == 300
    expect(points).not_to_have_attribute("aria-sort", "descending")


def test_a_checks_heading_brings_those_who_failed_it_together(
    page: Page, folders: dict[str, Path]
) -> None:
    page.goto((folders["large"] / "class.html").as_uri())
    page.locator("#table-1").get_by_role("button", name="same-error").click()
    column = page.locator("#table-1 thead th").all_inner_texts().index("same-error")
    kinds = page.locator(f"#table-1 tbody tr td:nth-child({column + 1})").evaluate_all(
        "cells => cells.map(cell => cell.className)"
    )
    order = ["failed", "blocked", "passed", "nothing"]
    assert list(dict.fromkeys(kinds)) == order
    assert kinds == sorted(kinds, key=order.index)


def test_three_hundred_students_in_six_steps_are_there_and_are_sorted_fast(
    page: Page, folders: dict[str, Path]
) -> None:
    page.goto((folders["six"] / "class.html").as_uri())
    assert page.locator("details.view > summary").count() == 7
    for step in range(1, 7):
        assert page.locator(f"#table-{step} tbody tr").count() == 300
        assert page.locator(f"#table-{step} tbody td").count() == 300 * (23 + 2)
    page.get_by_text("Step 3 · Move to SQLAlchemy").click()
    expect(page.locator("#table-3")).to_be_visible()
    expect(page.locator("#table-all")).to_be_hidden()
    spent = page.evaluate(
        """() => {
            const button = document.querySelector("#table-3 th.points button");
            const began = performance.now();
            button.click();
            document.body.offsetHeight;  // laid out anew
            return performance.now() - began;
        }"""
    )
    assert spent < SORTED_WITHIN


def test_students_are_found_by_name_id_group_and_state(
    page: Page, folders: dict[str, Path]
) -> None:
    page.goto((folders["large"] / "class.html").as_uri())
    shown = page.locator("#shown")
    expect(shown).to_have_text("300 shown")
    page.get_by_label("Find", exact=True).fill("HOPPER")
    found = rows(page)
    assert found and all("Hopper" in name for name in found)
    expect(shown).to_have_text(f"{len(found)} shown")
    page.get_by_label("Find", exact=True).fill("u0042")
    assert len(rows(page)) == 1
    page.get_by_label("Find", exact=True).fill("")
    page.get_by_label("Group", exact=True).select_option("Group C")
    expect(shown).to_have_text("50 shown")
    page.get_by_label("Group", exact=True).select_option("")
    page.get_by_label("Show", exact=True).select_option("with every check passed")
    scores = page.locator("#table-1 tbody tr:visible td.points").all_inner_texts()
    assert scores and set(scores) == {"100"}
    page.get_by_label("Show", exact=True).select_option("refused")
    expect(shown).to_have_text("1 shown")
    page.get_by_label("Find", exact=True).fill("nobody is called that")
    expect(shown).to_have_text("0 shown")


def test_a_name_opens_the_students_own_page(page: Page, folders: dict[str, Path]) -> None:
    page.goto((folders["small"] / "class.html").as_uri())
    page.locator("#table-1").get_by_role("link", name="Student 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Student 2")
    expect(page.locator("#step-1-login-form")).to_contain_text("The form is sent by GET")
    expect(page.locator("body")).not_to_contain_text("Student 3")


def test_the_page_opens_a_student_at_the_check_that_was_clicked(
    page: Page, folders: dict[str, Path]
) -> None:
    page.goto((folders["small"] / "class.html").as_uri())
    page.locator("#table-1 td.failed").last.click()
    expect(page).to_have_url(
        (folders["small"] / "students" / "s4.html").as_uri() + "#step-1-session-holds-no-password"
    )
    expect(page.locator(":target")).to_be_in_viewport()


def test_the_class_can_be_walked_with_the_keyboard_alone(
    page: Page, folders: dict[str, Path]
) -> None:
    page.goto((folders["small"] / "class.html").as_uri())
    page.get_by_label("Show", exact=True).focus()
    for _ in range(3):  # the table's summary, its scrolled region, the table: one stop
        page.keyboard.press("Tab")
    focus = page.locator(":focus")
    expect(focus).to_have_text("Student 0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(focus).to_have_text("Student 2")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status").last).to_contain_text("Student 2 · login-form: failed")
    page.keyboard.press("Tab")
    expect(page.locator("table.heat :focus")).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    expect(page.locator("table.heat :focus")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#step-1-login-form")).to_be_in_viewport()
    expect(page.get_by_role("heading", level=1)).to_have_text("Student 2")


def test_the_keyboard_skips_rows_that_are_not_shown_and_sorts_from_the_heading(
    page: Page, folders: dict[str, Path]
) -> None:
    page.goto((folders["small"] / "class.html").as_uri())
    page.get_by_label("Show", exact=True).select_option("with something to mend")
    page.locator("#table-1 [tabindex='0']").focus()
    expect(page.locator(":focus")).to_have_text("Student 1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    expect(page.locator(":focus")).to_have_text("Points")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert rows(page) == ["Student 4", "Student 3", "Student 2", "Student 1"]
    page.keyboard.press("Control+End")
    expect(page.locator(":focus")).to_have_text("Group A")


def test_who_failed_a_check_is_listed_under_the_reason(
    page: Page, folders: dict[str, Path]
) -> None:
    page.goto((folders["large"] / "class.html").as_uri())
    reason = page.locator(".reasons li", has_text="The form is sent by GET.")
    count = int(reason.locator("strong").inner_text())
    expect(reason.get_by_role("link").first).to_be_hidden()
    reason.locator("summary").click()
    expect(reason.get_by_role("link")).to_have_count(count)
    expect(reason.get_by_role("link").first).to_be_visible()


def test_what_came_from_a_submission_is_text_and_nothing_else(
    page: Page, folders: dict[str, Path]
) -> None:
    for file in [
        "class.html",
        *sorted(f"students/{p.name}" for p in (folders["hostile"] / "students").iterdir()),
    ]:
        page.goto((folders["hostile"] / file).as_uri())
        assert page.evaluate("window.forged") is None
        assert page.locator("img, iframe, object, embed, base, form[action]").count() == 0
        assert page.evaluate("document.querySelectorAll('script').length") <= 1
        text = page.locator("body").inner_text()
        for character in "\u202e\u2066\u200b\x1b\x9b\x00":
            assert character not in text
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), file
    page.goto((folders["hostile"] / "class.html").as_uri())
    expect(page.locator("body")).to_contain_text("</script><script>")


def test_the_policy_of_the_pages_stops_what_should_get_in_nevertheless(
    context: BrowserContext, folders: dict[str, Path]
) -> None:
    page = context.new_page()
    for file in ("class.html", "students/s1.html"):
        page.goto((folders["small"] / file).as_uri())
        stopped = page.evaluate(
            """() => new Promise(resolve => {
                const stopped = [];
                document.addEventListener("securitypolicyviolation", event => {
                    stopped.push(event.effectiveDirective);
                    if (stopped.length === 4) resolve(stopped);
                });
                const add = (name, values) => document.body.append(
                    Object.assign(document.createElement(name), values));
                add("script", { textContent: "window.forged = 1" });
                add("img", { src: "http://127.0.0.1:9/seen.png" });
                add("style", { textContent: "body { display: none }" });
                add("iframe", { src: "http://127.0.0.1:9/" });
            })"""
        )
        assert sorted(stopped) == ["frame-src", "img-src", "script-src-elem", "style-src-elem"]
        assert page.evaluate("window.forged") is None
    page.close()


def test_the_hostile_texts_of_this_file_would_do_harm_if_they_were_not_escaped(
    context: BrowserContext,
) -> None:
    page = context.new_page()
    page.set_content(f"<!doctype html><script>'{HOSTILE}'</script>")
    assert page.evaluate("window.forged") == 1
    page.close()


def test_a_class_that_nobody_has_been_graded_in_has_a_page_too(
    page: Page, folders: dict[str, Path], tmp_path: Path
) -> None:
    results = replace(small_class([]), steps=(1, 2))
    write_all(results, folders["small"] / "empty")
    page.goto((folders["small"] / "empty" / "class.html").as_uri())
    expect(page.get_by_text("Nobody has failed a check.")).to_be_visible()
    page.get_by_role("link", name="Wanda Waiting").first.click()
    expect(page.get_by_text("Not graded.")).to_have_count(2)
