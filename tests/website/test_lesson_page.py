"""The pages of the lessons at work: progress, diagrams, folded hints, and the way through them."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Request, expect

from checker.course import Step, steps
from tests.website.looking import drawn
from tests.website.watching import Watch

COURSE = steps()
LIBRARY = "mermaid.min.js"
#: What the diagram of a lesson says in its own words.
DIAGRAMS = {
    "01-raw-mysql-login": ["POST /login", "Set-Cookie", "one row, or none"],
    "02-registration": ["POST /logout", "signature right?", "no new cookie"],
    "04-password-hashing": ["random salt", "scrypt", "the same hash?"],
    "05-flask-login": ["load_account(id)", "is_active?", "your view"],
    "06-remember-me": ["browser closed", "remember cookie alone", "both cookies, not fresh"],
}
#: A browser that lets nothing be stored, as some do in private windows.
FULL = "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }"


def lesson(name: str) -> str:
    """Return the address of a lesson."""
    return f"lessons/{name}/"


def box(page: Page) -> Locator:
    """Return the box at the end of a lesson."""
    return page.get_by_role("checkbox", name="This step is done")


def strip(page: Page) -> Locator:
    """Return the links of the strip of steps."""
    return page.get_by_role("navigation", name="The steps").get_by_role("link")


def test_a_step_that_is_done_is_still_done_after_a_reload(page: Page) -> None:
    page.goto(lesson("02-registration"))
    expect(box(page)).not_to_be_checked()
    box(page).check()
    page.reload()
    expect(box(page)).to_be_checked()


def test_a_step_that_is_done_is_marked_in_every_strip_in_words_too(page: Page) -> None:
    page.goto(lesson("02-registration"))
    box(page).check()
    page.goto(lesson("05-flask-login"))
    names = [f"{step.number} {step.title}" for step in COURSE]
    names[1] += " (done)"
    expect(strip(page)).to_have_text(names)


def test_the_strip_says_which_step_one_is_in(page: Page) -> None:
    page.goto(lesson("03-sqlalchemy"))
    expect(strip(page).and_(page.locator("[aria-current=page]"))).to_have_text(
        "3 Move to SQLAlchemy"
    )


def test_the_first_page_shows_all_steps_and_those_that_are_done(page: Page) -> None:
    page.goto("")
    listed = page.locator(".step-list").get_by_role("link")
    expect(listed).to_have_text([step.title for step in COURSE])
    expect(page.get_by_text("0 of 6 steps done.")).to_be_visible()
    for name in ("01-raw-mysql-login", "04-password-hashing"):
        page.goto(lesson(name))
        box(page).check()
    page.goto("")
    expect(page.get_by_text("2 of 6 steps done.")).to_be_visible()
    expect(listed.filter(has_text="(done)")).to_have_count(2)


def test_one_can_take_a_tick_back_or_start_over(page: Page) -> None:
    page.goto(lesson("01-raw-mysql-login"))
    box(page).check()
    box(page).uncheck()
    expect(strip(page).filter(has_text="(done)")).to_have_count(0)
    box(page).check()
    page.goto("")
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_text("0 of 6 steps done.")).to_be_visible()
    page.goto(lesson("01-raw-mysql-login"))
    expect(box(page)).not_to_be_checked()


def test_a_tick_shows_in_another_tab_at_once(page: Page, context: BrowserContext) -> None:
    page.goto("")
    with context.new_page() as other:
        other.goto(lesson("03-sqlalchemy"))
        box(other).check()
        expect(page.get_by_text("1 of 6 steps done.")).to_be_visible()


def test_where_nothing_can_be_stored_the_tick_counts_for_this_page_and_it_says_so(
    page: Page, context: BrowserContext
) -> None:
    context.add_init_script(FULL)
    page.goto(lesson("01-raw-mysql-login"))
    box(page).check()
    expect(strip(page).first).to_have_text("1 Log in with MySQL (done)")
    expect(page.get_by_text("This browser keeps nothing")).to_be_visible()


@pytest.mark.parametrize("stored", ['{"broken', '"a text"', "[1, null]", "null"])
def test_what_somebody_else_has_stored_does_no_harm(
    page: Page, context: BrowserContext, stored: str
) -> None:
    page.goto("")
    page.evaluate("stored => localStorage.setItem('workshop-progress', stored)", stored)
    page.goto(lesson("01-raw-mysql-login"))
    expect(box(page)).not_to_be_checked()
    box(page).check()
    page.reload()
    expect(box(page)).to_be_checked()


@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_diagram_is_a_picture_whose_words_can_be_read(page: Page, name: str) -> None:
    page.goto(lesson(name))
    diagram = drawn(page)
    for words in DIAGRAMS[name]:
        text = diagram.locator("text").filter(has_text=words).first
        expect(text).to_be_visible()
        assert text.evaluate("text => text.getBoundingClientRect().height") >= 8, "too small"
    expect(page.locator("pre.diagram")).to_have_count(0)


def test_every_lesson_with_a_diagram_is_tried() -> None:
    with_one = {
        step.name
        for step in COURSE
        if "```mermaid" in (step.folder / "README.md").read_text("utf-8")
    }
    assert with_one == set(DIAGRAMS)


def test_a_diagram_follows_the_colours_of_the_page(page: Page) -> None:
    page.goto(lesson("05-flask-login"))
    words = drawn(page).locator("text").filter(has_text="your view").first
    colour = "text => getComputedStyle(text.querySelector('tspan') || text).fill"
    light = words.evaluate(colour)
    page.get_by_title("Switch to dark").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    expect(words).not_to_have_css("fill", light)
    assert words.evaluate(colour) != light


def test_without_the_library_a_diagram_is_its_source(page: Page, watch: Watch) -> None:
    page.route(f"**/{LIBRARY}", lambda route: route.abort())
    page.goto(lesson("02-registration"))
    source = page.locator("pre.diagram")
    with page.expect_event("requestfailed"):
        source.scroll_into_view_if_needed()
    expect(source).to_be_visible()
    expect(source).to_contain_text("B->>F: POST /login")
    watch.errors.clear()  # the browser says that it did not get the library


@pytest.mark.parametrize("address", ["", "students/", "lessons/03-sqlalchemy/", "glossary/"])
def test_a_page_without_diagrams_and_notebooks_loads_nothing_for_them(
    page: Page, address: str
) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    page.goto(address)
    page.keyboard.press("End")
    page.wait_for_load_state("networkidle")
    assert asked
    assert [url for url in asked if re.search(r"mermaid|/run/|pyodide", url)] == []


def test_hints_are_folded_and_open_by_keyboard(page: Page) -> None:
    page.goto(lesson("01-raw-mysql-login"))
    hint = page.locator("details").filter(has_text="A nudge")
    told = hint.get_by_text("Follow the data")
    expect(told).to_be_hidden()
    hint.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(told).to_be_visible()
    page.keyboard.press("Enter")
    expect(told).to_be_hidden()


def test_next_and_previous_lead_through_the_lessons_in_order(page: Page, site: Path) -> None:
    for before, after in pairwise(COURSE):
        way_on = re.search(r'href="([^"]+)"[^>]*aria-label="Next: ', built(site, before))
        way_back = re.search(r'href="([^"]+)"[^>]*aria-label="Previous: ', built(site, after))
        assert way_on is not None
        assert way_back is not None
        assert [way_on[1], way_back[1]] == [f"../{after.name}/", f"../{before.name}/"]
    first, second = COURSE[:2]
    page.goto(lesson(first.name))
    page.get_by_role("link", name=re.compile("^Next: ")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Step 2: {second.title}")
    page.get_by_role("link", name=re.compile("^Previous: ")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Step 1: {first.title}")


def built(site: Path, step: Step) -> str:
    return Path(site, lesson(step.name), "index.html").read_text(encoding="utf-8")
