"""A page: an answer of the app, read only as far as somebody asks."""

from __future__ import annotations

import re
from functools import cached_property

from justhtml import JustHTML
from werkzeug.datastructures import Headers

from checker.visitor.decoding import Decoded, decode
from checker.visitor.exchanges import Answer, Exchange
from checker.visitor.forms import Field, Form, Kind
from checker.visitor.html import LONGEST_READ, read_html
from checker.visitor.kinds import find_form
from checker.visitor.reading import Link, Reading, Refresh, parse_refresh
from checker.visitor.urls import URL
from checker.visitor.words import counted, folded, holds_words

_REDIRECTS = (301, 302, 303, 307, 308)
_TOKEN = re.compile(r"[A-Za-z0-9+/_=.\-]{20,}")
_DIGITS = re.compile(r"\d+")
_HAS_REFRESH = re.compile(rb"http-equiv", re.IGNORECASE)


class Page:
    """What one request came back with, and where the browser went from there.

    A `status` of 0 means that the status line could not be read, or that nothing was sent at all
    because the way led off the site.
    """

    url: URL
    exchange: Exchange | None
    """The request and the answer; None if nothing was sent."""
    redirects: list[Page]
    """The pages that led here by redirect, first one first."""
    left_site: str | None
    """The URL that this page leads to, if it is another server's; nothing is sent there."""
    problem: str
    """Why the browser went no further, as a noun phrase (`a redirect loop`); or ""."""

    def __init__(self, url: URL, exchange: Exchange | None = None) -> None:
        answer = exchange.answer if exchange is not None else None
        self.url = url
        self.exchange = exchange
        self.redirects = []
        self.left_site = None
        self._answer = answer or Answer(0, "", Headers(), b"")
        self.problem = ""

    @property
    def status(self) -> int:
        """The status code."""
        return self._answer.status

    @property
    def headers(self) -> Headers:
        """The answer's headers."""
        return self._answer.headers

    @property
    def body(self) -> bytes:
        """The answer's body, as it came."""
        return self._answer.body

    @property
    def malformed(self) -> str:
        """What was wrong with the answer's form, in plain words; "" if nothing."""
        return self._answer.problem

    @property
    def set_cookies(self) -> list[str]:
        """The `Set-Cookie` headers, as they came."""
        return self.headers.getlist("Set-Cookie")

    @cached_property
    def _decoded(self) -> Decoded:
        return decode(self.body, self.headers.get("Content-Type", ""))

    @cached_property
    def _reading(self) -> Reading:
        text, encoding, is_html = self._decoded
        if is_html:
            return read_html(text, self.url, encoding)
        return Reading(JustHTML(""), visible_text=folded(text[:LONGEST_READ]))

    @property
    def text(self) -> str:
        """The body as text; "" if it is neither HTML nor text."""
        return self._decoded.text

    @property
    def document(self) -> JustHTML:
        """The page as a tree; an empty one if it is not HTML."""
        return self._reading.document

    @property
    def visible_text(self) -> str:
        """What a reader sees, with white space folded; what stands in fields is left out."""
        return self._reading.visible_text

    @property
    def title(self) -> str:
        """The title of the page, with white space folded."""
        return self._reading.title

    @property
    def forms(self) -> list[Form]:
        """The forms, in the order of the page."""
        return self._reading.forms

    @property
    def loose_fields(self) -> list[Field]:
        """The fields that belong to no form, and so are never sent."""
        return self._reading.loose_fields

    @property
    def links(self) -> list[Link]:
        """The links, in the order of the page."""
        return self._reading.links

    @property
    def was_cut(self) -> bool:
        """Whether the page is so large or tangled that only its start was read."""
        return self._reading.was_cut

    @property
    def location(self) -> str | None:
        """The `Location` of a redirect as the app sent it; None if the page is no redirect.

        The header's bytes are read as UTF-8 if they are that, as browsers do.
        """
        raw = self.headers.get("Location")
        if raw is None or self.status not in _REDIRECTS:
            return None
        try:
            return raw.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return raw

    @property
    def refresh(self) -> Refresh | None:
        """What a `Refresh` header or `<meta http-equiv="refresh">` asks for."""
        header = self.headers.get("Refresh")
        if header is not None:
            return parse_refresh(header)
        # The page need not be parsed to see that there is none.
        if not self._decoded.is_html or _HAS_REFRESH.search(self.body[:LONGEST_READ]) is None:
            return None
        return self._reading.refresh

    def sees(self, text: str) -> bool:
        """Whether the visible text contains `text`, with white space folded on both sides."""
        return folded(text) in self.visible_text

    def greets(self, name: str) -> bool:
        """Whether the visible text holds the name as a word of its own, in capitals or not."""
        return holds_words(self.visible_text, name)

    def find_form(self, kind: Kind, path: str = "") -> Form | None:
        """The form of that kind, the one sent to `path` if there are several."""
        return find_form(self.forms, kind, path)

    def described(self) -> str:
        """What there is, in a noun phrase for the app's author: `a page with status 404`."""
        if self.left_site is not None:
            return "a redirect to another server"
        if self.problem:
            return self.problem
        if self.status == 0:
            return f"an answer that no browser understands: {self.malformed}"
        if self.status != 200:
            return f"a page with status {self.status}"
        if not self.forms:
            loose = " (its fields stand outside of any <form>)" if self.loose_fields else ""
            return f"a page without a form{loose}"
        if len(self.forms) == 1:
            return self.forms[0].described()
        described = "; ".join(form.described() for form in self.forms[:3])
        return f"{counted(len(self.forms), 'form', 'forms')}: {described}"


def generic(page: Page, *echoes: str) -> tuple[int, str]:
    """Reduce a page to what it tells a reader: its status, and its text without what must differ.

    Taken out are the `echoes` (names that were typed), long tokens, and numbers (times, counters).
    Two pages that say the same thing give the same pair.
    """
    text = page.visible_text
    for echo in sorted((folded(echo) for echo in echoes), key=len, reverse=True):
        if echo:
            start = r"(?<!\w)" if echo[0].isalnum() else ""
            end = r"(?!\w)" if echo[-1].isalnum() else ""
            text = re.sub(start + re.escape(echo) + end, "…", text, flags=re.IGNORECASE)
    return page.status, without_noise(text)


def without_noise(text: str) -> str:
    """The text with long tokens and numbers, which differ from load to load, made equal."""
    return _DIGITS.sub("0", _TOKEN.sub(_token_or_word, text))


def _token_or_word(found: re.Match[str]) -> str:
    """Long words have no digits in them, tokens nearly always do."""
    return "…" if any(character.isdigit() for character in found[0]) else found[0]
