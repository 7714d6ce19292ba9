"""How text from an app, and text typed into it, is written into sentences for a reader.

Whatever an app sends is hostile: it may hold terminal escapes, characters that turn the line
around, or a novel. Nothing here escapes for HTML or a terminal; the reports do that themselves.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_LONGEST_LABEL = 40  # characters of an app's own text in a sentence
_LONGEST_TYPED = 60  # characters of something typed
_LONGEST_LOOKED_AT = 2_000  # more is not looked at, whatever its length


def plain(text: str, limit: int = _LONGEST_LABEL) -> str:
    """An app's text for use inside a sentence: one line, no invisible characters, shortened."""
    head = text[:_LONGEST_LOOKED_AT]
    visible = "".join(" " if _is_odd(character) else character for character in head)
    return shortened(" ".join(visible.split()), limit)


def quoted(text: str | bytes, limit: int = _LONGEST_TYPED) -> str:
    """Something typed or sent, in quotes; as Python writes it where it cannot be shown as it is."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError:
            return shortened(repr(text[:_LONGEST_LOOKED_AT]), limit + 3)
    head = text[: limit + 1]
    if not any(_is_odd(character) for character in head):
        return f'"{shortened(text, limit)}"'
    body = repr(head)[1:-1]
    if len(text) > len(head) or len(body) > limit:
        body = shortened(body + "…", limit)
    return f'"{body}"'


def shortened(text: str, limit: int) -> str:
    """The text, cut to `limit` characters with an ellipsis as the last of them."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def folded(text: str) -> str:
    """The text with every run of white space turned into one space."""
    return " ".join(text.split())


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun: `1 field`, `3 fields`."""
    return f"{number} {one if number == 1 else many}"


def listed(phrases: Sequence[str]) -> str:
    """Phrases in a row: `a`, `a and b`, `a, b and c`."""
    *head, last = phrases
    return f"{', '.join(head)} and {last}" if head else last


def lasting(seconds: float) -> str:
    """A span of time in its largest whole unit: `90 seconds`, `2 hours`, `31 days`."""
    whole = round(abs(seconds))
    for unit, one, many in ((86_400, "day", "days"), (3_600, "hour", "hours")):
        if whole >= unit and whole % unit == 0:
            return counted(whole // unit, one, many)
    if whole >= 120 and whole % 60 == 0:
        return counted(whole // 60, "minute", "minutes")
    return counted(whole, "second", "seconds")


def holds_words(text: str, words: str) -> bool:
    """Whether `words` stand in `text` as words of their own, in capitals or not.

    White space is folded. `ada` is not found in `Canada`, but is in `<ada>` and `ada's`.
    """
    wanted = folded(words).casefold()
    if not wanted:
        return False
    start = r"(?<!\w)" if wanted[0].isalnum() else ""
    end = r"(?!\w)" if wanted[-1].isalnum() else ""
    return re.search(start + re.escape(wanted) + end, folded(text).casefold()) is not None


def _is_odd(character: str) -> bool:
    """Control and format characters, surrogates, unassigned ones, breaks: all but the space."""
    return character != " " and unicodedata.category(character)[0] in "CZ"
