"""Readers without a mouse, without scripts, by night, and those who look for a word."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.website.building import DOCS, address, source_pages
from tests.website.looking import NARROW, WIDE, drawn, focus, sticking_out

LESSON = "lessons/02-registration/"
NOTEBOOK = "notebooks/01-sessions/"
#: More stops than any page has.
MANY = 400


@pytest.fixture
def without_scripts(browser: Browser, served: str) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=served, viewport=WIDE, java_script_enabled=False)
    yield context
    context.close()


def words_of_one_page() -> Iterator[tuple[str, str]]:
    """Give (page, word) for long words that stand in the prose of one lesson and nowhere else."""
    texts = {source: (DOCS / source).read_text("utf-8") for source in source_pages()}
    for source in (source for source in texts if source.startswith("lessons/")):
        prose = re.sub(r"^(```+).*?^\1", "", texts[source], flags=re.DOTALL | re.MULTILINE)
        others = " ".join(text for other, text in texts.items() if other != source).lower()
        words = re.findall(r"\b[a-z]{8,}\b", prose)
        alone = [word for word in words if word[:6] not in others]
        if alone:
            yield source, max(alone, key=len)


def walk(page: Page) -> Iterator[dict[str, Any]]:
    """Press Tab until the end of the page; give what has the focus, see looking.py.

    Fails where it cannot be seen which element has the focus.
    """
    for _ in range(MANY):
        page.keyboard.press("Tab")
        stop = focus(page)
        if stop is None:
            return
        assert stop["wrong"] == ""
        yield stop
    raise AssertionError("The keyboard goes round in circles.")


def all_are_visible(page: Page, selector: str) -> None:
    found = page.locator(selector).all()
    assert found
    assert [one.inner_text()[:40] for one in found if not one.is_visible()] == []


@pytest.mark.usefixtures("searchable")
def test_a_lesson_is_found_by_a_word_and_opened_by_the_keyboard(page: Page) -> None:
    source, word = next(words_of_one_page())
    page.goto("glossary/")
    page.keyboard.press("/")
    expect(page.get_by_role("textbox", name="Search")).to_be_focused()
    page.keyboard.type(word)
    first = page.locator(".md-search-result__link").first
    expect(first).to_have_attribute("href", re.compile(re.escape(address(source))))
    for _ in range(5):  # the list is drawn anew while results come in; then one presses again
        page.keyboard.press("ArrowDown")
        with contextlib.suppress(AssertionError):
            expect(first).to_be_focused(timeout=2_000)
            break
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(address(source))))
    expect(page.get_by_role("main")).to_contain_text(word)


def test_the_first_stop_of_the_keyboard_leads_past_the_menus(page: Page) -> None:
    page.goto(LESSON)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    stop = focus(page)
    assert stop and stop["wrong"] == ""
    page.keyboard.press("Enter")
    expect(page.locator("main h1:target")).to_be_in_viewport()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main article').contains(document.activeElement)")


def test_a_lesson_is_walked_with_the_keyboard_alone(page: Page) -> None:
    page.goto(LESSON)
    drawn(page)  # later it would push away what one has just reached
    page.evaluate("scrollTo(0, 0)")
    stops = []
    for stop in walk(page):
        stops.append(stop["name"])
        if stop["folds"]:
            page.keyboard.press("Enter")
    assert page.locator("main details").count() > 3
    expect(page.locator("main details:not([open])")).to_have_count(0)
    for name in (
        "Search",
        "Notebooks",
        "1 Log in with MySQL",
        "Copy to clipboard",
        "Common mistakes",
    ):
        assert name in stops


def test_the_cells_of_a_notebook_are_reached_with_the_keyboard_alone(page: Page) -> None:
    page.goto(NOTEBOOK)
    expect(page.get_by_role("button", name="Run all")).to_be_visible()
    reached = [stop for stop in walk(page) if re.match(r"Run\b", stop["name"])]
    assert len(reached) == page.get_by_role("button", name=re.compile(r"^Run\b")).count()
    assert len(reached) > page.locator(".cell").count() / 2


def test_without_scripts_a_lesson_is_all_there(without_scripts: BrowserContext) -> None:
    page = without_scripts.new_page()
    page.goto(LESSON)
    expect(page.locator("main h1")).to_be_visible()
    all_are_visible(page, "main h2")
    all_are_visible(page, "main article > .highlight pre")
    hint = page.locator("main details").first
    hint.locator("summary").click()
    expect(hint.locator(":scope > :not(summary)").first).to_be_visible()
    page.locator("nav.steps").get_by_role("link", name=re.compile("^3 ")).click()
    expect(page.locator("main h1")).to_contain_text("Step 3")
    page.get_by_role("link", name=re.compile("Notebooks")).first.click()
    expect(page).to_have_url(re.compile("notebooks/$"))


def test_without_scripts_a_diagram_and_a_notebook_can_be_read(
    without_scripts: BrowserContext,
) -> None:
    page = without_scripts.new_page()
    drawn = next(
        source for source in source_pages() if 'class="diagram"' in (DOCS / source).read_text()
    )
    page.goto(address(drawn))
    expect(page.locator("pre.diagram").first).to_be_visible()
    page.goto(NOTEBOOK)
    all_are_visible(page, ".cell pre")
    all_are_visible(page, ".output pre")
    expect(page.get_by_role("button", name=re.compile(r"^Run\b"))).to_have_count(0)


def test_without_scripts_nothing_sticks_out_on_a_telephone(
    without_scripts: BrowserContext,
) -> None:
    page = without_scripts.new_page()
    page.set_viewport_size(NARROW)
    for where in (LESSON, NOTEBOOK, "checks/02-registration/"):
        page.goto(where)
        assert sticking_out(page) == [], where


def test_the_colours_follow_the_system_and_a_choice_is_kept(page: Page) -> None:
    body = page.locator("body")
    page.emulate_media(color_scheme="dark")
    page.goto("")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    page.get_by_title("Switch to light").click()
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    page.goto(LESSON)
    expect(body).to_have_attribute("data-md-color-scheme", "default")
