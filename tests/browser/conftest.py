"""The driver of the browser, started once, and the last step served."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, sync_playwright
from real_browser import served


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the solution of step 6 is."""
    with served(6) as address:
        yield address
