"""What a browser puts into a request, and what it asks for next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from checker.visitor.bodies import as_header_text
from checker.visitor.exchanges import Entry, Request
from checker.visitor.pages import Page
from checker.visitor.urls import URL
from checker.visitor.words import counted, listed, plain, quoted

FormData = Mapping[str, str | bytes] | Sequence[tuple[str | bytes, str | bytes]]


# An ordinary browser's, so that nobody can serve the checker something special by it.
BROWSER_HEADERS = (
    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("Accept-Language", "en-US,en;q=0.5"),
)


def next_step(page: Page, method: str) -> tuple[str, str | None]:
    """The method and `Location` of the next request, None if the page stays.

    A POST becomes a GET, but for 307 and 308 (Fetch standard, "HTTP-redirect fetch").
    """
    location = page.location
    if location is None:
        refresh = page.refresh
        return "GET", refresh.location if refresh is not None and refresh.seconds == 0 else None
    if page.status == 303:
        return "HEAD" if method == "HEAD" else "GET", location
    if page.status in (301, 302) and method == "POST":
        return "GET", location
    return method, location


def redirected(request: Request, method: str, url: URL) -> Request:
    """The request again, for another URL; without its body if it has become a GET."""
    dropped = {"host", "cookie", *(name.lower() for name, _ in BROWSER_HEADERS)}
    if method != request.method:
        dropped |= {"content-type", "content-length", "origin"}
        request = replace(request, method=method, body=b"", form=())
    kept = tuple(pair for pair in request.headers if pair[0].lower() not in dropped)
    return replace(request, url=url, headers=kept)


def navigation_headers(site: str, referer: str = "") -> tuple[tuple[str, str], ...]:
    """What browsers tell of where a navigation started (W3C Fetch Metadata; `Referer`)."""
    told = (
        ("Sec-Fetch-Dest", "document"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Site", site),
        ("Sec-Fetch-User", "?1"),
    )
    return (*told, ("Referer", referer)) if referer else told


def content_headers(
    method: str, data: bytes, content_type: str | None
) -> tuple[tuple[str, str], ...]:
    """What the headers say of a body; a POST says so even if there is none."""
    headers: tuple[tuple[str, str], ...] = ()
    if content_type:
        headers += (("Content-Type", content_type),)
    if data or method.upper() in ("POST", "PUT", "PATCH"):
        headers += (("Content-Length", str(len(data))),)
    return headers


def with_headers(request: Request, extra: Sequence[tuple[str, str]]) -> Request:
    """The request with further headers; a later one replaces an earlier one of the same name."""
    merged: dict[str, tuple[str, str]] = {}
    for name, value in (*request.headers, *extra):
        merged[name.lower()] = (name, as_header_text(value))
    return replace(request, headers=tuple(merged.values()))


def entries_of(data: FormData, password_names: set[str | bytes]) -> list[Entry]:
    """Form entries from what a check wrote down, to be sent exactly so."""
    pairs = data.items() if isinstance(data, Mapping) else data
    return [Entry(_exactly(name), _exactly(value), name in password_names) for name, value in pairs]


def _exactly(text: str | bytes) -> bytes | str:
    """Text as it is, but for lone surrogates, which a tool can send and a browser cannot."""
    if isinstance(text, str):
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            return text.encode("utf-8", "surrogatepass")
    return text


def carrying(request: Request) -> str:
    """What a request carries, for the story: ` with username "ada" and …`."""
    if request.form:
        shown = [f"{quoted(entry.name)} = {quoted(entry.value)}" for entry in request.form[:6]]
        if len(request.form) > 6:
            shown.append(counted(len(request.form) - 6, "more field", "more fields"))
        return f" with {listed(shown)}"
    if not request.body:
        return ""
    kind = request.header("Content-Type") or "no type"
    if len(request.body) <= 60:
        return f" with {quoted(request.body)} ({plain(kind)})"
    return f" with {len(request.body):,} bytes ({plain(kind)})"
