"""What a person gets from a page: its text, its forms, its links."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from justhtml import JustHTML

from checker.visitor.forms import Field, Form

_REFRESH = re.compile(
    r"[\t\n\f\r ]*(?P<seconds>[0-9]{1,9})(?:\.[0-9.]*)?"
    r"(?:[\t\n\f\r ;,]+(?:url[\t\n\f\r ]*=[\t\n\f\r ]*)?(?P<quote>[\"']?)(?P<url>.*))?\Z",
    re.IGNORECASE | re.DOTALL,
)


class Link(NamedTuple):
    """A link: its text, and the whole URL it leads to (the raw `href` if that is no URL)."""

    text: str
    url: str


class Refresh(NamedTuple):
    """What a page wants a browser to open after some seconds; "" is the page itself."""

    seconds: int
    location: str


@dataclass(slots=True)
class Reading:
    """A page, read. `loose_fields` belong to no form, so a browser never sends them."""

    document: JustHTML
    title: str = ""
    visible_text: str = ""
    forms: list[Form] = field(default_factory=list)
    loose_fields: list[Field] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    refresh: Refresh | None = None
    was_cut: bool = False


def parse_refresh(value: str) -> Refresh | None:
    """Read the value of a `Refresh` header or of `<meta http-equiv="refresh">`.

    Source: HTML standard, "shared declarative refresh steps".
    """
    found = _REFRESH.match(value[:4096])
    if found is None:
        return None
    location = found["url"] or ""
    if found["quote"]:
        location = location.partition(found["quote"])[0]
    return Refresh(int(found["seconds"]), location.strip())
