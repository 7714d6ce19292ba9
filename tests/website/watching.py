"""What a page of the site says in the console, and whom it asks for something."""

from __future__ import annotations

from playwright.sync_api import ConsoleMessage, Error, Page, Request

#: What a page makes by itself is nobody else's.
WITHIN_THE_PAGE = ("data:", "blob:")


class Watch:
    """The errors and requests of the pages that it watches."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.errors: list[str] = []
        self.elsewhere: list[str] = []

    def over(self, page: Page) -> None:
        """Watch a page, with its workers, from now on."""
        page.on("console", self._hear)
        page.on("pageerror", self._catch)
        page.on("request", self._note)

    def leave(self, page: Page) -> None:
        """Watch a page no longer."""
        page.remove_listener("console", self._hear)
        page.remove_listener("pageerror", self._catch)
        page.remove_listener("request", self._note)

    def is_silent(self) -> None:
        """Fail when there was an error, or a request to anywhere else than the site."""
        assert not self.errors, "\n".join(self.errors)
        assert not self.elsewhere, "asked elsewhere: " + ", ".join(self.elsewhere)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url')})")

    def _catch(self, error: Error) -> None:
        self.errors.append(str(error))

    def _note(self, request: Request) -> None:
        if not request.url.startswith((self.base, *WITHIN_THE_PAGE)):
            self.elsewhere.append(request.url)
