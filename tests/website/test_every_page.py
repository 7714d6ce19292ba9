"""Every page of the site in a real browser: on a telephone and a laptop, by day and by night."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.website.building import address, source_pages
from tests.website.looking import (
    NARROW,
    WIDE,
    at_rest,
    hard_to_read,
    open_all,
    shutting_out,
    sticking_out,
    wrong_at_the_top,
)
from tests.website.watching import Watch

PAGES = [address(source) for source in source_pages()]
#: The start, and one page of each folder.
SAMPLES = {
    "",
    *({where.partition("/")[0]: where for where in PAGES if where.count("/") > 1}.values()),
}


@pytest.fixture(scope="session")
def visit(browser: Browser, served: str) -> Iterator[BrowserContext]:
    """A visitor who goes from page to page: what they share is fetched once."""
    context = browser.new_context(base_url=served, viewport=WIDE, color_scheme="light")
    context.set_default_timeout(15_000)
    context.new_page()
    yield context
    context.close()


@pytest.fixture
def tab(visit: BrowserContext, watch: Watch) -> Iterator[Page]:
    """The visitor's tab: no error in its console, no request to elsewhere."""
    (page,) = visit.pages
    page.set_viewport_size(WIDE)
    watch.over(page)
    yield page
    watch.leave(page)
    watch.is_silent()


@pytest.fixture(scope="session")
def kinds() -> set[str]:
    """The kinds of text that have been looked at, so that none is looked at on every page."""
    return set()


@pytest.mark.apart
@pytest.mark.parametrize("where", PAGES, ids=lambda where: where or "start")
def test_a_page_is_for_everybody(tab: Page, kinds: set[str], where: str) -> None:
    tab.goto(where)
    open_all(tab)
    assert wrong_at_the_top(tab) == []
    assert hard_to_read(tab, kinds) == [], "in light colours"
    tab.locator("body").evaluate("body => body.setAttribute('data-md-color-scheme', 'slate')")
    assert hard_to_read(tab, kinds) == [], "in dark colours"
    # The menus are the same on all pages: they are looked at once.
    if where in SAMPLES:
        assert shutting_out(tab) == [], "on a laptop"
    tab.set_viewport_size(NARROW)
    at_rest(tab)
    assert sticking_out(tab) == []
    assert shutting_out(tab) == [], "on a telephone"
