"""The addresses to try behind ``next=``; they are data, in ``data/next_vectors.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "next_vectors.toml"


@dataclass(frozen=True)
class Vector:
    """One value of ``next=``, and what becomes of it. The file's head explains every field.

    :ivar verdict: ``refuse``, ``keep`` or ``either``.
    :ivar browser: what a browser makes of the value; empty when it goes nowhere.
    :ivar location: what Flask's ``redirect()`` sends, where that is something else.
    :ivar then: what a browser makes of that, where it is another address.
    :ivar raises: what ``redirect()`` raises instead.
    :ivar first: whether it is one of the few to try first.
    """

    value: str
    verdict: str
    browser: str
    why: str
    location: str | None = None
    then: str | None = None
    raises: str = ""
    first: bool = False


@cache
def load() -> tuple[Vector, ...]:
    """Return all of them, in the order of the file."""
    document = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(Vector(**entry) for entry in document["vector"])
