"""How the tests are dealt out to the workers of pytest-xdist, and the driver of their browser.

The tests of a file share what they start, so they go to one worker. A test marked ``apart`` takes
long by itself: it goes anywhere, and these come first, so that no worker is left with one at the
end.
"""

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, sync_playwright

# Who is started in the background of a shell ignores Ctrl-C, and so would all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    def is_apart(item: pytest.Item) -> bool:
        return item.get_closest_marker("apart") is not None

    for item in items:
        group = item.nodeid if is_apart(item) else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))
        if config.getoption("loadgroup", False):
            # pytest-xdist 3.8.0 writes the group where pytest 9.2 no longer reads it, and then
            # deals out every test by itself (pytest-dev/pytest-xdist#1386).
            item._id = item.id.parse(f"{item.nodeid}@{group}")
    items.sort(key=lambda item: not is_apart(item))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of the browser; a process can have one."""
    with sync_playwright() as playwright:
        yield playwright
