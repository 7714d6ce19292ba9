"""The site, built once for all workers, served, and a browser for each worker."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, ClassVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from checker.course import ROOT
from tests.browser.real_browser import FLAGS, chromium
from tests.website.building import mkdocs
from tests.website.watching import Watch

_INDEX = "search/search_index.json"
#: Nothing but the server is to be found, so that a page which asks elsewhere says so at once.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with the site in `workshop` and what the build printed in `printed`."""
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent  # the one that the workers share
    folder = folder / "website"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "printed").exists():
            _vendor()
            done = mkdocs(ROOT, folder / "workshop")
            (folder / "printed").write_text(f"{done.stdout}exit {done.returncode}\n")
    return folder


@pytest.fixture(scope="session")
def site(build: Path) -> Path:
    """The folder of the built site, with what runs in its pages."""
    printed = (build / "printed").read_text()
    assert printed.endswith("exit 0\n"), printed
    return build / "workshop"


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    """The address of the site, below the root of a server: ``http://127.0.0.1:PORT/workshop/``.

    The search finds nothing there, unless a test asks for :func:`searchable`: to read its index is
    half of what a page costs the browser.
    """
    index = json.loads((site / _INDEX).read_text(encoding="utf-8"))
    _Silent.index = json.dumps(index | {"docs": []}).encode()
    handler = partial(_Silent, directory=site.parent)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/{site.name}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def searchable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the search find what there is, in pages that are opened from now on."""
    monkeypatch.setattr(_Silent, "index", None)


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium for all tests of this worker."""
    browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, ALONE])
    yield browser
    browser.close()


@pytest.fixture
def context(browser: Browser, served: str) -> Iterator[BrowserContext]:
    """A visitor who has never been here; addresses are relative to the start of the site."""
    context = browser.new_context(base_url=served, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def watch(served: str) -> Watch:
    """What the test's page says and asks. A test that expects errors takes them out of it."""
    return Watch(served)


@pytest.fixture
def page(context: BrowserContext, watch: Watch) -> Iterator[Page]:
    """A tab whose console has no error and which asks nobody but the server."""
    page = context.new_page()
    watch.over(page)
    yield page
    page.close()
    watch.is_silent()


class _Silent(SimpleHTTPRequestHandler):
    """The handler of ``python -m http.server``, without the lines.

    :cvar index: what the search is to have, instead of what is in the file.
    """

    index: ClassVar[bytes | None] = None

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Send what comes before a file, and return the file."""
        if self.index is None or not self.path.endswith(_INDEX):
            return super().send_head()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.index)))
        self.end_headers()
        return BytesIO(self.index)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _vendor() -> None:
    """Bring the vendored files, unless they are there."""
    command = [sys.executable, "-m", "checker.website.vendor"]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, done.stdout
