"""The story of an attack: what was sent, what came back, what it means, and how it ended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from checker.visitor import Page

#: Characters of a cookie's value that are shown, and of a page's text.
_COOKIE, _TEXT = 16, 160
_COOKIE_VALUE = re.compile(rf"(=[^;\s]{{{_COOKIE}}})[^;\s]+")


@dataclass(frozen=True)
class Scene:
    """One thing that somebody did.

    All texts may hold what the app sent: escape them before they reach a terminal or a page.

    :ivar done: what it was, in a sentence.
    :ivar sent: the request, line by line, or what was looked at.
    :ivar came_back: the answer, line by line.
    :ivar means: what to make of it, in a sentence or two.
    """

    done: str
    sent: tuple[str, ...]
    came_back: tuple[str, ...]
    means: str


@dataclass(frozen=True)
class Story:
    """An attack from its beginning to its end.

    :ivar worked: whether it brought about what it was after.
    :ivar why: what the ending came of, in a few sentences.
    """

    scenes: tuple[Scene, ...]
    worked: bool
    why: str


class Teller:
    """Puts a story together, scene by scene."""

    def __init__(self) -> None:
        self._scenes: list[Scene] = []

    def scene(
        self,
        done: str,
        means: str,
        *,
        page: Page | None = None,
        sent: Sequence[str] = (),
        came_back: Sequence[str] = (),
    ) -> None:
        """Add a scene.

        :param page: where a request has led to; it is told from the first redirect on.
        :param sent: lines to show instead of the request.
        :param came_back: lines to show below the answer.
        """
        answer: list[str] = []
        if page is not None:
            sent = sent or request_lines(page)
            answer = answer_lines(page)
        self._scenes.append(Scene(done, tuple(sent), (*answer, *came_back), means))

    def end(self, worked: bool, why: str) -> Story:
        """Return the whole story."""
        return Story(tuple(self._scenes), worked, why)


def request_lines(page: Page) -> list[str]:
    """Return the request that led to a page: address, cookies (shortened), and what was typed."""
    exchange = _chain(page)[0].exchange
    if exchange is None:
        return []
    # The accounts are made up, and thrown away with their database: nothing needs to be masked.
    first, *rest = exchange.request_lines(mask_passwords=False)
    cookie = exchange.request.header("Cookie")
    lines = [first, *([f"Cookie: {_shortened(cookie)}"] if cookie else [])]
    return lines + [f"  {line}" for line in (rest[rest.index("") + 1 :] if "" in rest else [])]


def answer_lines(page: Page) -> list[str]:
    """Return what came back: status, redirects, cookies (shortened), and the text of the page."""
    lines: list[str] = []
    for hop in _chain(page):
        asked = hop.exchange.request.method if hop.exchange is not None else ""
        begin = f"{asked} {hop.url.target}: " if lines else ""
        reason = hop.exchange.answer.reason if hop.exchange and hop.exchange.answer else ""
        place = f", Location: {hop.location}" if hop.location is not None else ""
        lines.append(f"{begin}{hop.status} {reason}{place}".rstrip())
        lines += [f"  Set-Cookie: {_shortened(raw)}" for raw in hop.set_cookies]
    text = page.visible_text
    if text:
        lines.append(f"  “{text[:_TEXT]}{'…' if len(text) > _TEXT else ''}”")
    return lines


def _chain(page: Page) -> list[Page]:
    return [*page.redirects, page]


def _shortened(cookies: str) -> str:
    """Cut long values: what is in a session is for the notebook on sessions."""
    return _COOKIE_VALUE.sub(r"\1…", cookies)
