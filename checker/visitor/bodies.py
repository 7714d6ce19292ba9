"""Form entries as bytes, the way browsers write them (HTML standard, "form submission")."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote_plus

from checker.visitor.exchanges import Entry


class Body(NamedTuple):
    """A request's body and its `Content-Type`."""

    data: bytes
    content_type: str


def encode(entries: Sequence[Entry], enctype: str, encoding: str = "utf-8") -> Body:
    """Write entries as `enctype` says; an unknown one is `application/x-www-form-urlencoded`.

    What `encoding` (a Python codec) cannot hold is sent as `&#8364;`, as browsers do.
    """
    if enctype == "multipart/form-data":
        return _multipart(entries, encoding)
    if enctype == "text/plain":
        lines = (
            as_bytes(entry.name, encoding) + b"=" + as_bytes(_content(entry), encoding) + b"\r\n"
            for entry in entries
        )
        return Body(b"".join(lines), "text/plain")
    return Body(urlencoded(entries, encoding).encode("ascii"), "application/x-www-form-urlencoded")


def urlencoded(entries: Sequence[Entry], encoding: str = "utf-8") -> str:
    """Entries as in a query string: `name=Ada+Lovelace&…`."""
    return "&".join(
        f"{_quoted(entry.name, encoding)}={_quoted(_content(entry), encoding)}" for entry in entries
    )


def as_bytes(text: str | bytes, encoding: str = "utf-8") -> bytes:
    """The text in that encoding; a lone surrogate, which no encoding holds, becomes U+FFFD."""
    if isinstance(text, bytes):
        return text
    scalars = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return scalars.encode(encoding, "xmlcharrefreplace")


def as_header_text(text: str) -> str:
    """The text as WSGI holds headers, bytes as Latin-1; what is beyond Latin-1 goes as UTF-8."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass").decode("latin-1")
    return text


def _content(entry: Entry) -> str | bytes:
    return entry.value if entry.filename is None else entry.filename


def _quoted(text: str | bytes, encoding: str) -> str:
    return quote_plus(as_bytes(text, encoding), safe="*").replace("~", "%7E")


def _multipart(entries: Sequence[Entry], encoding: str) -> Body:
    boundary = f"----visitor{secrets.token_hex(12)}"
    parts: list[bytes] = []
    for entry in entries:
        head = b'Content-Disposition: form-data; name="' + _escaped(entry.name, encoding) + b'"'
        if entry.filename is not None:
            head += b'; filename="' + _escaped(entry.filename, encoding) + b'"'
            head += b"\r\nContent-Type: application/octet-stream"
        content = as_bytes(entry.value, encoding)
        parts.append(b"--" + boundary.encode() + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n")
    parts.append(b"--" + boundary.encode() + b"--\r\n")
    return Body(b"".join(parts), f"multipart/form-data; boundary={boundary}")


def _escaped(text: str | bytes, encoding: str) -> bytes:
    data = as_bytes(text, encoding)
    return data.replace(b"\n", b"%0A").replace(b"\r", b"%0D").replace(b'"', b"%22")
