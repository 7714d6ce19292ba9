"""A browser's cookie jar: RFC 6265, section 5, with what browsers have added since.

From its successor (draft-ietf-httpbis-rfc6265bis) come the `__Host-` and `__Secure-` prefixes,
cookies without a name, the limits (4,096 bytes for name and value, 1,024 for an attribute) and the
life of at most 400 days. There is no list of public suffixes: a domain without a dot is taken for
one, which is the case that matters on `localhost`.

A cookie marked `Secure` is kept and sent on `http://localhost`, as Chrome and Firefox do: both take
the loopback host for a trustworthy one. A test client that ignores `Secure`, or drops such a cookie
there, would judge an app differently from its author's own browser.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from checker.visitor.bodies import as_header_text
from checker.visitor.clock import Clock
from checker.visitor.cookie_dates import parse_cookie_date
from checker.visitor.urls import URL, parse_url

LONGEST_PAIR = 4096  # bytes of name and value together
LONGEST_ATTRIBUTE = 1024  # bytes
LONGEST_LIFE = 400 * 24 * 60 * 60  # seconds
MOST_COOKIES = 180  # for one host; browsers keep between 150 and 180
LOCALHOST = URL("http", host="localhost")

_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0A-\x1F\x7F]")


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie in the jar, and what its `Set-Cookie` header said."""

    name: str
    value: str
    domain: str
    path: str
    host_only: bool = True  # False: sub-domains get it too
    secure: bool = False
    http_only: bool = False
    same_site: str = ""  # "strict", "lax", "none", or "" where the header says nothing
    expires: float | None = None  # seconds since 1970, UTC; None for a session cookie
    raw: str = ""  # the header as it came; "" for a cookie set by hand
    age: int = field(default=0, compare=False)  # place in the order of creation

    @property
    def is_session(self) -> bool:
        """Whether closing the browser ends it."""
        return self.expires is None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A `Set-Cookie` header that a browser does not obey, and why not, in plain words."""

    raw: str
    reason: str


class RefusedCookie(ValueError):
    """A browser would not take this cookie; the message says why."""


class CookieJar:
    """The cookies of one browser. Texts hold bytes as Latin-1, like WSGI's headers."""

    clock: Callable[[], float]
    """Tells the time in seconds since 1970, UTC; cookies expire by it."""
    refused: list[Refusal]
    """The headers that were not obeyed, oldest first."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self.clock = clock or Clock()
        self.refused = []
        self._cookies: dict[tuple[str, str, str], Cookie] = {}  # by name, domain and path
        self._created = 0

    def __iter__(self) -> Iterator[Cookie]:
        """The living cookies, oldest first."""
        self._evict()
        return iter(sorted(self._cookies.values(), key=lambda cookie: cookie.age))

    def __len__(self) -> int:
        """How many cookies live."""
        self._evict()
        return len(self._cookies)

    def __contains__(self, name: object) -> bool:
        """Whether there is a living cookie of that name."""
        return any(cookie.name == name for cookie in self)

    def get(self, name: str) -> Cookie | None:
        """The cookie of that name; the one that would be sent first if there are several."""
        return next((cookie for cookie in _in_sending_order(self) if cookie.name == name), None)

    def store(self, raw: str, url: URL | str) -> Cookie | None:
        """Obey one `Set-Cookie` header that came with the answer from `url`.

        Returns the cookie, which may be an expired one (that is how a cookie is deleted), or None
        if a browser refuses it; the reason is then the last one in `refused`.
        """
        target = _as_url(url)
        try:
            return self._keep(parse_set_cookie(raw, target, self.clock()), target)
        except RefusedCookie as refusal:
            self.refused.append(Refusal(raw, str(refusal)))
            return None

    def header(self, url: URL | str) -> str:
        """The `Cookie` header for a request to `url`, "" if no cookie goes there."""
        target = _as_url(url)
        fitting = [cookie for cookie in self if _is_sent(cookie, target)]
        return "; ".join(
            f"{cookie.name}={cookie.value}" if cookie.name else cookie.value
            for cookie in _in_sending_order(fitting)
        )

    def set(self, name: str, value: str, url: URL | str = LOCALHOST, path: str = "/") -> Cookie:
        """Put in a session cookie by hand, as the browser's developer tools do.

        A cookie of the same name and path is overwritten and keeps its attributes. Nothing is
        checked: the value may be what no server could set. Characters beyond Latin-1 go as UTF-8.
        """
        key = (as_header_text(name), _as_url(url).host or "", path)
        cookie = self._cookies.get(key) or Cookie(key[0], "", key[1], path, age=self._next_age())
        self._cookies[key] = replace(cookie, value=as_header_text(value))
        return self._cookies[key]

    def delete(self, name: str) -> None:
        """Remove every cookie of that name by hand."""
        self._cookies = {key: kept for key, kept in self._cookies.items() if kept.name != name}

    def clear(self) -> None:
        """Remove every cookie."""
        self._cookies.clear()

    def end_session(self) -> None:
        """Remove the session cookies, as closing the browser does."""
        self._cookies = {key: kept for key, kept in self._cookies.items() if not kept.is_session}

    def copy(self) -> CookieJar:
        """The same cookies in a jar of their own: what a thief carries away."""
        twin = CookieJar(self.clock)
        twin._cookies = dict(self._cookies)
        twin._created = self._created
        return twin

    def _next_age(self) -> int:
        self._created += 1
        return self._created

    def _evict(self) -> None:
        now = self.clock()
        for key, cookie in list(self._cookies.items()):
            if cookie.expires is not None and cookie.expires <= now:
                del self._cookies[key]

    def _keep(self, cookie: Cookie, url: URL) -> Cookie:
        if not cookie.secure and not is_trustworthy(url) and self._hides_a_secure_one(cookie):
            raise RefusedCookie("a cookie marked Secure has the same name")
        self._evict()
        key = (cookie.name, cookie.domain, cookie.path)
        old = self._cookies.get(key)
        # A cookie that is overwritten keeps its place (RFC 6265, 5.3, step 11.3).
        cookie = replace(cookie, age=self._next_age() if old is None else old.age)
        self._cookies[key] = cookie
        self._evict()
        if len(self._cookies) > MOST_COOKIES:
            oldest = min(self._cookies, key=lambda each: self._cookies[each].age)
            del self._cookies[oldest]
        return cookie

    def _hides_a_secure_one(self, cookie: Cookie) -> bool:
        return any(
            other.secure
            and other.name == cookie.name
            and (
                domain_matches(other.domain, cookie.domain)
                or domain_matches(cookie.domain, other.domain)
            )
            and path_matches(cookie.path, other.path)
            for other in self._cookies.values()
        )


def parse_set_cookie(raw: str, url: URL, now: float) -> Cookie:
    """Read a `Set-Cookie` header that came from `url` at the time `now` (5.2 and 5.3).

    Raises `RefusedCookie` where a browser drops the cookie.
    """
    if _CONTROL_CHARACTER.search(raw):
        raise RefusedCookie("it holds a control character")
    pair, _, rest = raw.partition(";")
    name, equals_sign, value = pair.partition("=")
    if not equals_sign:
        name, value = "", pair
    name, value = name.strip(" \t"), value.strip(" \t")
    if not name and not value:
        raise RefusedCookie("it has neither a name nor a value")
    if len(name) + len(value) > LONGEST_PAIR:
        raise RefusedCookie(
            f"its name and value have {len(name) + len(value)} bytes together, "
            f"and browsers take {LONGEST_PAIR} at most"
        )
    attributes = _parse_attributes(rest)
    domain, host_only = _domain(attributes.get("domain", ""), url.host or "")
    path = attributes.get("path", "")
    cookie = Cookie(
        name,
        value,
        domain,
        path if path.startswith("/") else default_path(url.pathname),
        host_only,
        secure="secure" in attributes,
        http_only="httponly" in attributes,
        same_site=_same_site(attributes.get("samesite", "")),
        expires=_expiry(attributes, now),
        raw=raw,
    )
    if cookie.secure and not is_trustworthy(url):
        raise RefusedCookie("it is marked Secure, but came over plain http")
    _check_prefix(cookie, path_was_given="path" in attributes)
    return cookie


def domain_matches(host: str, domain: str) -> bool:
    """Whether `host` is `domain` or below it; an address has nothing below it (5.1.3)."""
    if host == domain:
        return True
    return host.endswith("." + domain) and not _is_address(host)


def path_matches(path: str, cookie_path: str) -> bool:
    """Whether a cookie for `cookie_path` goes to `path` (5.1.4)."""
    if path == cookie_path:
        return True
    return path.startswith(cookie_path) and (
        cookie_path.endswith("/") or path[len(cookie_path)] == "/"
    )


def default_path(path: str) -> str:
    """The path of a cookie whose header names none: the folder of the page (5.1.4)."""
    folder = path.rpartition("/")[0]
    return folder if folder.startswith("/") else "/"


def is_trustworthy(url: URL) -> bool:
    """Whether browsers let `Secure` cookies travel to `url`: https, and the own machine.

    Source: W3C Secure Contexts, "Is origin potentially trustworthy?".
    """
    host = url.host or ""
    if url.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return True
    return host == "[::1]" or (_is_address(host) and host.startswith("127."))


def _as_url(url: URL | str) -> URL:
    if isinstance(url, URL):
        return url
    parsed = parse_url(url)
    if parsed is None:
        raise ValueError(f"not a URL: {url!r}")
    return parsed


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _parse_attributes(text: str) -> dict[str, str]:
    """Attribute name in lower case -> value; the last one of a name wins (5.2)."""
    attributes: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        name, value = name.strip(" \t").lower(), value.strip(" \t")
        if len(value) > LONGEST_ATTRIBUTE:
            continue
        if name == "max-age" and _parse_max_age(value) is None:
            continue
        if name == "expires" and parse_cookie_date(value) is None:
            continue
        attributes[name] = value
    return attributes


def _parse_max_age(text: str) -> int | None:
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    if not (digits.isascii() and digits.isdigit()):
        return None
    return sign * int(digits[:18])


def _same_site(text: str) -> str:
    lowered = text.lower()
    return lowered if lowered in ("strict", "lax", "none") else ""


def _domain(attribute: str, host: str) -> tuple[str, bool]:
    """The cookie's domain, and whether it is for that host alone (5.3, steps 4 to 6)."""
    domain = attribute.removeprefix(".").lower()
    if not domain:
        return host, True
    if "." not in domain:  # a public suffix: only the host of that very name may use it
        if domain != host:
            raise RefusedCookie(f"no site may set a cookie for all of “{domain}”")
        return host, True
    if not domain_matches(host, domain):
        raise RefusedCookie(f"it is meant for “{domain}”, but came from “{host}”")
    return domain, False


def _expiry(attributes: dict[str, str], now: float) -> float | None:
    """`Max-Age` wins over `Expires`; a value that cannot be read counts as not there."""
    seconds = _parse_max_age(attributes.get("max-age", ""))
    if seconds is not None:
        return now + min(seconds, LONGEST_LIFE) if seconds > 0 else float("-inf")
    expires = parse_cookie_date(attributes.get("expires", ""))
    return None if expires is None else min(expires, now + LONGEST_LIFE)


def _check_prefix(cookie: Cookie, path_was_given: bool) -> None:
    name = cookie.name.lower()
    if not name and cookie.value.lower().startswith(("__host-", "__secure-")):
        raise RefusedCookie("it has no name, but a value that starts like a protected name")
    if name.startswith("__secure-") and not cookie.secure:
        raise RefusedCookie("its name starts with __Secure-, but it is not marked Secure")
    if name.startswith("__host-") and not (
        cookie.secure and cookie.host_only and path_was_given and cookie.path == "/"
    ):
        raise RefusedCookie(
            "its name starts with __Host-, which asks for Secure, Path=/, no Domain"
        )


def _is_sent(cookie: Cookie, url: URL) -> bool:
    host = url.host or ""
    if not (host == cookie.domain if cookie.host_only else domain_matches(host, cookie.domain)):
        return False
    if cookie.secure and not is_trustworthy(url):
        return False
    return path_matches(url.pathname, cookie.path)


def _in_sending_order(cookies: CookieJar | list[Cookie]) -> list[Cookie]:
    """Longer paths first, then the older ones (5.4)."""
    return sorted(cookies, key=lambda cookie: (-len(cookie.path), cookie.age))
