"""Making hostile text harmless before it reaches a terminal."""

from __future__ import annotations

import unicodedata

#: Unicode categories that a terminal may act on or that hide what stands there: control, format
#: (text direction, zero width), surrogate, private use, unassigned.
_UNSAFE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))


def printable(text: str, longest: int | None = None) -> str:
    """Return ``text`` with everything that is no visible character spelt out as an escape.

    Line feeds stay; a text of more than ``longest`` characters is cut, with a note.
    """
    left_out = 0
    if longest is not None and len(text) > longest:
        left_out = len(text) - longest
        text = text[:longest]
    # What is printable to Python holds none of the unsafe categories; nearly every text is.
    safe = text if text.replace("\n", "").isprintable() else _spelt_out(text)
    return f"{safe} … ({left_out} more characters)" if left_out else safe


def _spelt_out(text: str) -> str:
    return "".join(
        character
        if character == "\n" or unicodedata.category(character) not in _UNSAFE
        else _escape(character)
        for character in text
    )


def _escape(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
