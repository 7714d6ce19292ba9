"""URLs as browsers read them: the parser of the WHATWG URL Standard.

Only the drive letters of `file:` are left out.

Python's `urllib.parse` follows RFC 3986, browsers do not: they drop tabs and line breaks, take a
backslash for a slash, and skip any number of slashes before a host. Whoever judges with `urlsplit`
whether a redirect stays on the site is fooled by each of these.
Source: https://url.spec.whatwg.org/, sections 3.5 (hosts) and 4.4 (the basic URL parser).
"""

from __future__ import annotations

import ipaddress
import re
import string
from dataclasses import dataclass, replace
from encodings.idna import ToASCII, nameprep
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

# Scheme -> its default port. Only these "special" schemes get the lenient treatment.
SPECIAL_SCHEMES: dict[str, int | None] = {
    "http": 80,
    "https": 443,
    "ws": 80,
    "wss": 443,
    "ftp": 21,
    "file": None,
}

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_TAB_OR_LINE_BREAK = str.maketrans("", "", "\t\n\r")
_C0_CONTROL_OR_SPACE = "".join(map(chr, range(0x21)))
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_FORBIDDEN_IN_HOST = frozenset("\0\t\n\r #/:<>?@[\\]^|")
_FORBIDDEN_IN_DOMAIN = _FORBIDDEN_IN_HOST | {chr(code) for code in range(0x20)} | {"%", "\x7f"}

# What `quote_from_bytes` must leave alone, written as "printable ASCII without the encode set".
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


def _unescaped(encoded: str) -> str:
    return "".join(character for character in _PRINTABLE if character not in encoded)


_IN_OPAQUE = _unescaped("") + " "
_IN_FRAGMENT = _unescaped('"<>`')
_IN_QUERY = _unescaped('"#<>')
_IN_SPECIAL_QUERY = _unescaped("\"#<>'")
_IN_PATH = _unescaped('"#<>?`{}^')
_IN_USERINFO = _unescaped('"#<>?`{}/:;=@[\\]^|')


@dataclass(frozen=True, slots=True)
class URL:
    """One parsed URL; `str()` gives it back in the form a browser's address bar holds."""

    scheme: str
    username: str = ""
    password: str = ""
    host: str | None = None
    port: int | None = None  # None where it is the scheme's default
    path: tuple[str, ...] | str = ()  # a str for `mailto:` and the like, which have no hierarchy
    query: str | None = None
    fragment: str | None = None

    def __str__(self) -> str:
        text = self.scheme + ":"
        if self.host is not None:
            text += "//"
            if self.username or self.password:
                text += self.username + (":" + self.password if self.password else "") + "@"
            text += self.host + ("" if self.port is None else f":{self.port}")
        elif not isinstance(self.path, str) and len(self.path) > 1 and self.path[0] == "":
            text += "/."  # or the path would read as a host
        text += self.target
        return text if self.fragment is None else f"{text}#{self.fragment}"

    @property
    def pathname(self) -> str:
        """The path as it goes over the wire, percent-encoded."""
        if isinstance(self.path, str):
            return self.path
        if self.path == () and self.scheme not in SPECIAL_SCHEMES:
            return ""
        return "/" + "/".join(self.path)

    @property
    def target(self) -> str:
        """Path and query: what stands in the first line of the request."""
        return self.pathname if self.query is None else f"{self.pathname}?{self.query}"

    @property
    def origin(self) -> str:
        """Scheme, host and port, as in the `Origin` header."""
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{self.host or ''}{port}"

    @property
    def host_header(self) -> str:
        """Host and, where it is not the default, port, as in the `Host` header."""
        return (self.host or "") + ("" if self.port is None else f":{self.port}")

    def without_fragment(self) -> URL:
        """The same URL as it is sent to servers."""
        return self if self.fragment is None else replace(self, fragment=None)


class Resolution(NamedTuple):
    """Where a `Location` leads: `url` is None when a browser can make nothing of it."""

    url: URL | None
    is_same_site: bool


def resolve(base: URL | str, location: str) -> Resolution:
    """Resolve a `Location` (or `href`, `action`) against the page's URL as a browser does.

    The same site means the same host and port, by http or https; going from http to https keeps it
    when both use their default port. A `ValueError` is raised if `base` is text and no URL.
    """
    if isinstance(base, str):
        parsed_base = parse_url(base)
        if parsed_base is None:
            raise ValueError(f"not a URL: {base!r}")
        base = parsed_base
    url = parse_url(location, base)
    return Resolution(url, url is not None and is_same_site(base, url))


def is_same_site(base: URL, url: URL) -> bool:
    """Whether a browser on `base` that goes to `url` still talks to the same server."""
    return (
        url.scheme in ("http", "https")
        and url.host == base.host
        and url.port == base.port
        and (url.scheme == base.scheme or url.port is None)
    )


def parse_url(text: str, base: URL | None = None) -> URL | None:
    """Parse `text`, relative to `base` if there is one; None is the standard's "failure"."""
    text = text.strip(_C0_CONTROL_OR_SPACE).translate(_TAB_OR_LINE_BREAK)
    text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates
    text, hash_sign, fragment_text = text.partition("#")
    fragment = _percent_encode(fragment_text, _IN_FRAGMENT) if hash_sign else None
    found = _SCHEME.match(text)
    if found is None:
        url = _parse_without_scheme(text, base)
    else:
        url = _parse_with_scheme(found[1].lower(), text[found.end() :], base)
    return url if url is None or fragment is None else replace(url, fragment=fragment)


def _parse_with_scheme(scheme: str, rest: str, base: URL | None) -> URL | None:
    if scheme == "file":
        return _parse_file(rest)
    if scheme in SPECIAL_SCHEMES:
        if base is not None and base.scheme == scheme and not rest.startswith("//"):
            return _parse_relative(rest, base)  # `http:evil.example` is a path on an http page
        return _parse_authority(scheme, rest.lstrip("/\\"))
    if rest.startswith("//"):
        return _parse_authority(scheme, rest[2:])
    path, query = _split_query(rest, scheme)
    if rest.startswith("/"):
        return URL(scheme, path=_path_segments((), path[1:], special=False), query=query)
    return URL(scheme, path=_percent_encode(path, _IN_OPAQUE), query=query)


def _parse_without_scheme(text: str, base: URL | None) -> URL | None:
    if base is None:
        return None
    if isinstance(base.path, str):  # `mailto:` has no relatives but itself
        return None if text else replace(base, fragment=None)
    return _parse_relative(text, base)


def _parse_relative(rest: str, base: URL) -> URL | None:
    special = base.scheme in SPECIAL_SCHEMES
    slashes = "/\\" if special else "/"
    if rest[:1] and rest[0] in slashes:
        if rest[1:2] and rest[1] in slashes:
            after = rest[2:].lstrip("/\\") if special else rest[2:]
            return _parse_authority(base.scheme, after)
        path, query = _split_query(rest[1:], base.scheme)
        segments = _path_segments((), path, special)
        return replace(base, path=segments, query=query, fragment=None)
    path, query = _split_query(rest, base.scheme)
    if path == "":
        return replace(base, query=base.query if query is None else query, fragment=None)
    folder = base.path[:-1] if isinstance(base.path, tuple) else ()
    segments = _path_segments(folder, path, special)
    return replace(base, path=segments, query=query, fragment=None)


def _parse_authority(scheme: str, rest: str) -> URL | None:
    special = scheme in SPECIAL_SCHEMES
    end = re.search(r"[/\\?]" if special else r"[/?]", rest)
    authority = rest[: end.start()] if end else rest
    credentials, at_sign, host_and_port = authority.rpartition("@")
    if at_sign and not host_and_port:
        return None
    username, _, password = credentials.partition(":")
    host_text, port_text = _split_port(host_and_port)
    if special and not host_text:
        return None
    if port_text and not (port_text.isascii() and port_text.isdigit()):
        return None
    # Leading zeros do not count; int() must not be handed ten thousand digits.
    digits = port_text.lstrip("0") or "0"
    port = int(digits) if port_text and len(digits) <= 5 else None
    if port_text and (port is None or port > 65535):
        return None
    if not host_text and (port_text or at_sign):
        return None
    host = _parse_host(host_text, special)
    if host is None:
        return None
    path, query = _split_query(rest[len(authority) :], scheme)
    segments = _path_segments((), path[1:], special) if path or special else ()
    return URL(
        scheme,
        _percent_encode(username, _IN_USERINFO),
        _percent_encode(password, _IN_USERINFO),
        host,
        None if port == SPECIAL_SCHEMES.get(scheme) else port,
        segments,
        query,
    )


def _parse_file(rest: str) -> URL | None:
    rest = rest.replace("\\", "/") if "?" not in rest else rest
    host: str | None = ""
    if rest.startswith("//"):
        host_text, slash, path = rest[2:].partition("/")
        host = _parse_host(host_text, special=True) if host_text else ""
        rest = slash + path
        if host is None:
            return None
    path, query = _split_query(rest.removeprefix("/"), "file")
    segments = _path_segments((), path, special=True)
    return URL("file", host="" if host == "localhost" else host, path=segments, query=query)


def _split_port(text: str) -> tuple[str, str]:
    """Split `host:port` at the first colon that is not inside `[…]`."""
    start = text.find("]") + 1 if text.startswith("[") else 0
    colon = text.find(":", start)
    return (text, "") if colon < 0 else (text[:colon], text[colon + 1 :])


def _split_query(text: str, scheme: str) -> tuple[str, str | None]:
    path, question_mark, query = text.partition("?")
    if not question_mark:
        return path, None
    safe = _IN_SPECIAL_QUERY if scheme in SPECIAL_SCHEMES else _IN_QUERY
    return path, _percent_encode(query, safe)


def _path_segments(folder: tuple[str, ...], path: str, special: bool) -> tuple[str, ...]:
    """Walk `path` from `folder`, obeying `.` and `..`, however they are spelt."""
    segments = list(folder)
    parts = re.split(r"[/\\]" if special else r"/", path)
    for index, part in enumerate(parts):
        dots = part.lower().replace("%2e", ".")
        is_last = index == len(parts) - 1
        if dots == "..":
            if segments:
                segments.pop()
            if is_last:
                segments.append("")
        elif dots == ".":
            if is_last:
                segments.append("")
        else:
            segments.append(_percent_encode(part, _IN_PATH))
    return tuple(segments)


def _percent_encode(text: str, safe: str) -> str:
    if text.isascii() and text.isalnum():
        return text
    return quote_from_bytes(text.encode("utf-8", "replace"), safe=safe)


def _parse_host(text: str, special: bool) -> str | None:
    if text.startswith("["):
        return _parse_ipv6(text[1:-1]) if text.endswith("]") else None
    if not special:
        if any(character in _FORBIDDEN_IN_HOST for character in text):
            return None
        return _percent_encode(text, _IN_OPAQUE)
    domain = _domain_to_ascii(unquote_to_bytes(text).decode("utf-8", "replace"))
    if not domain or any(character in _FORBIDDEN_IN_DOMAIN for character in domain):
        return None
    labels = domain.split(".")
    if labels[-1] == "" and len(labels) > 1:
        labels.pop()
    if labels[-1].isdigit() or re.fullmatch(r"0x[0-9a-f]*", labels[-1]):
        return _parse_ipv4(labels)
    return domain


def _domain_to_ascii(domain: str) -> str | None:
    # The `idna` codec is the IDNA of 2003. The browsers' table is newer, but maps what matters
    # here the same way: full-width letters and dots, capitals, characters without width.
    if domain.isascii():
        return domain.lower()
    try:
        prepared = [nameprep(label) for label in _DOTS.split(domain)]
        # Full-width letters are ASCII only now, and a label may turn out to be empty.
        labels = ".".join(prepared).split(".")
        return ".".join(ToASCII(label).decode("ascii") if label else "" for label in labels)
    except UnicodeError:
        return None


def _parse_ipv4(labels: list[str]) -> str | None:
    if len(labels) > 4:
        return None
    numbers: list[int] = []
    for label in labels:
        number = _parse_ipv4_number(label)
        if number is None:
            return None
        numbers.append(number)
    *head, last = numbers
    if any(number > 255 for number in head) or last >= 256 ** (4 - len(head)):
        return None
    address = last + sum(number << (24 - 8 * index) for index, number in enumerate(head))
    return str(ipaddress.IPv4Address(address))


def _parse_ipv4_number(label: str) -> int | None:
    digits, base, allowed = label, 10, string.digits
    if label.startswith("0x"):
        digits, base, allowed = label[2:], 16, string.hexdigits
    elif len(label) > 1 and label.startswith("0"):
        digits, base, allowed = label[1:], 8, string.octdigits
    if not label or len(digits.lstrip("0")) > 11 or any(digit not in allowed for digit in digits):
        return None
    return int(digits, base) if digits else 0


def _parse_ipv6(text: str) -> str | None:
    try:
        if "%" in text:  # zones are Python's, not the standard's
            return None
        return f"[{ipaddress.IPv6Address(text).compressed}]"
    except ValueError:
        return None
