"""Handing a request to a WSGI callable and taking its answer (PEP 3333), nothing more.

Written out here rather than left to `werkzeug.test.Client`, whose cookies are not a browser's
(it ignores `Secure` and never lets a cookie expire) and which raises on malformed headers.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from werkzeug.datastructures import Headers

from checker.visitor.exchanges import Answer, Request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0A-\x1F\x7F]")
_NOT_LATIN_1 = re.compile(r"[^\x00-\xFF]")
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")


def send(app: WSGIApplication, request: Request, now: float | None) -> Answer:
    """Send one request. Whatever the app raises passes through.

    `now` is the pretended time in seconds since 1970, passed on as `checker.now`.
    """
    statuses: list[str] = []
    header_lists: list[list[tuple[str, str]]] = []
    written: list[bytes] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        statuses.append(status)
        header_lists.append(headers)
        return written.append

    body: Iterable[bytes] = app(environ_of(request, now), start_response)
    try:
        written.extend(body)
    finally:
        if hasattr(body, "close"):
            body.close()
    if not statuses:
        return Answer(0, "", Headers(), b"".join(written), "the app sent no status line")
    return _read(str(statuses[-1]), header_lists[-1], b"".join(written))


def environ_of(request: Request, now: float | None) -> dict[str, Any]:
    """The WSGI environment for a request, as a server on the same machine makes it."""
    url = request.url
    path = url.pathname
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
        "QUERY_STRING": url.query or "",
        "REQUEST_URI": url.target,
        "RAW_URI": url.target,
        "SERVER_NAME": (url.host or "").strip("[]"),
        "SERVER_PORT": str(url.port or (443 if url.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "checker.now": now,
    }
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        environ[key] = value
    return environ


def _read(status_line: str, header_list: Iterable[tuple[str, str]], body: bytes) -> Answer:
    problems: list[str] = []
    code, _, reason = status_line.partition(" ")
    status = int(code) if re.fullmatch(r"[1-9][0-9]{2}", code, re.ASCII) else 0
    if not status:
        problems.append("its status line could not be read")
    headers = Headers()
    for name, value in header_list:
        name, value = str(name), str(value)
        if not _HEADER_NAME.match(name):
            problems.append("one of its headers has no proper name")
            continue
        if _CONTROL_CHARACTER.search(value) or _NOT_LATIN_1.search(value):
            problems.append(f"its header {name[:40]} holds characters that must not be there")
            value = _NOT_LATIN_1.sub("?", _CONTROL_CHARACTER.sub(" ", value))
        headers.add(name, value.strip(" \t"))
    return Answer(status, reason, headers, body, "; ".join(dict.fromkeys(problems)))
