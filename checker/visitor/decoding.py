"""From bytes to text as a browser does it: WHATWG Encoding Standard, with Python's codecs."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from justhtml.parser.encoding import decode_html, normalize_encoding_label
from werkzeug.http import parse_options_header

# Codecs that `justhtml` does not know and browsers do. Named here, because Python has others
# (`idna`, `unicode_escape`, `utf-7`) that no page may choose.
_LEGACY = re.compile(
    r"(iso-?8859-?(3|4|5|6|7|8|10|13|14|15|16)|windows-?125[0-8]|cp125[0-8]|koi8-[ru]|ibm866|cp866|"
    r"shift[_-]jis|sjis|gbk|gb2312|gb18030|big5|euc-kr|iso-2022-jp|x-mac-cyrillic|macintosh)\Z"
)
_PYTHON_NAMES = {"macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "gb2312": "gbk"}
_STARTS_LIKE_HTML = re.compile(rb"[\t\n\f\r ]*<", re.ASCII)


class Decoded(NamedTuple):
    """A body as text. `encoding` is Python's name of it; forms on the page are sent in it."""

    text: str
    encoding: str
    is_html: bool


def encoding_named(label: str) -> str | None:
    """The Python codec that forms are sent in for an encoding's label; None if there is none."""
    label = label.strip().lower()
    if _LEGACY.match(label):
        return codecs.lookup(_PYTHON_NAMES.get(label, label)).name
    name = normalize_encoding_label(label)
    if name is None:
        return None
    name = codecs.lookup(name).name
    return "utf-8" if name.startswith("utf-16") else name  # what cannot carry ASCII is not used


def decode(body: bytes, content_type: str) -> Decoded:
    """Decode a body by its `Content-Type`; any bytes and any header give an answer.

    What is neither HTML nor text (an image, a download) has the text "".
    """
    kind, options = parse_options_header(content_type)
    kind = kind.strip().lower()
    charset = options.get("charset", "").strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        is_html = True
    elif "/" not in kind:  # missing or nonsense: browsers look at the bytes
        is_html = _STARTS_LIKE_HTML.match(body) is not None
    elif kind.startswith("text/") or kind.endswith(("json", "xml", "javascript", "urlencoded")):
        is_html = False
    else:
        return Decoded("", "utf-8", False)
    if _LEGACY.match(charset):
        name = encoding_named(charset) or "utf-8"
        return Decoded(body.decode(name, "replace"), name, is_html)
    if not is_html:
        name = "latin-1" if charset in ("latin-1", "latin1", "iso-8859-1") else "utf-8"
        return Decoded(body.decode(name, "replace"), name, False)
    if charset in ("utf-8", "utf8"):  # by far the most usual; a byte order mark says the same
        return Decoded(body.decode("utf-8-sig", "replace"), "utf-8", True)
    text, encoding = decode_html(body, transport_encoding=charset or None)
    return Decoded(text, encoding_named(encoding or "") or "utf-8", True)
