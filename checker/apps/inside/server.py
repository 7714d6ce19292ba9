"""The app's own process: loads the app as ``flask run`` does and answers the checker's requests.

From the moment the app is loaded, everything in this process is the app's, these lines included.
The checker therefore believes nothing that comes from here; it only looks at what it is.
"""

from __future__ import annotations

import contextlib
import io
import os
import socket
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any

import frames
import hurry
import inspection
from describe import describe

try:
    import time_machine
except ImportError:
    time_machine = None  # type: ignore[assignment]

#: Headers of one response, and their characters together; browsers and servers stop far earlier.
_MOST_HEADERS, _MOST_IN_HEADERS = 200, 48 * 1024
_MOST_EXCEPTIONS = 5
_SERVER_SOFTWARE = f"Werkzeug/{version('werkzeug')}"


class Server:
    """Answers the checker's requests with the submission's WSGI app, one after the other.

    :param channel: where requests come from and responses go to.
    :param folder: where the submission is.
    """

    def __init__(self, channel: socket.socket, folder: str) -> None:
        self._channel = channel
        self._folder = folder
        self._process = os.getpid()
        self._exceptions: list[dict[str, Any]] = []
        self._served: list[dict[str, Any]] = []
        self._clock: Any = None

    def run(self, header: dict[str, Any]) -> None:
        """Load the app, say so, and answer until the channel is closed.

        :param header: the order to start; with ``inspect`` the source is read first.
        """
        if header["inspect"]:
            self._send({"type": "findings", "findings": inspection.inspect(self._folder)})
        if header["quick_hashes"]:
            hurry.hurry_hashes()
        try:
            app = self._load()
        except BaseException as error:
            self._send({"type": "failed", "exceptions": [describe(error, self._folder)]})
            return
        self._send({"type": "started", "served": self._served[:_MOST_EXCEPTIONS]})
        decoder = frames.Decoder()
        while (request := frames.receive(self._channel, decoder)) is not None:
            if request.header["type"] == "finish":
                self._send({"type": "finished", "id": request.header["id"]})
            else:
                self._send(*self._answer(app, request))

    def _load(self) -> Any:
        """Find the app as ``flask run`` does, and see to it that its exceptions are noted."""
        from flask import Flask, cli

        os.environ["FLASK_RUN_FROM_CLI"] = "true"

        def run(_app: Flask, *_arguments: object, **_options: object) -> None:
            """Stand in for ``Flask.run``, which does nothing under ``flask run`` either."""
            caller = sys._getframe(1)
            name = os.path.relpath(caller.f_code.co_filename, self._folder)
            told = name.encode(errors="replace").decode()[:200]
            self._served.append({"file": told, "line": caller.f_lineno})

        Flask.run = run  # type: ignore[method-assign,assignment]
        cli.load_dotenv()
        app = cli.ScriptInfo(app_import_path=os.environ.get("FLASK_APP")).load_app()
        with contextlib.suppress(AttributeError, TypeError):  # an app that does not let us
            for name in ("handle_user_exception", "handle_exception"):
                setattr(app, name, self._noting(getattr(app, name)))
        return app

    def _noting(self, handle: Callable[[Exception], Any]) -> Callable[[Exception], Any]:
        """Return ``handle`` that first notes the exception it is given."""

        def noting(error: Exception) -> Any:
            self._note(error)
            return handle(error)

        return noting

    def _note(self, error: BaseException) -> None:
        described = describe(error, self._folder)
        if described not in self._exceptions:
            self._exceptions = [*self._exceptions, described][-_MOST_EXCEPTIONS:]

    def _answer(self, app: Any, request: frames.Frame) -> tuple[dict[str, Any], bytes]:
        """Let the app answer; what it raises past Flask is a 500, as a server would make of it."""
        header = request.header
        self._set_clock(header["now"])
        self._exceptions = []
        answer: dict[str, Any] = {"type": "response", "id": header["id"]}
        body = _Body(header["answer"])
        begun: list[Any] = []

        def start_response(status: Any, headers: Any, _error: Any = None) -> Any:
            begun[:] = [status, headers]
            return body.write

        try:
            body.take(app(self._environ(request), start_response))
            if not begun:
                raise _Malformed("The response has no status and no headers.")
            status, headers = begun
            answer |= {"status": _text(status), "headers": _pairs(headers)}
            answer["too_long"] = body.too_long
            data = bytes(body.data)
        except _Malformed as error:
            answer["malformed"] = str(error)
            data = b""
        except BaseException as error:
            self._note(error)
            answer |= {"status": "500 INTERNAL SERVER ERROR", "headers": [], "too_long": False}
            data = b""
        answer["exceptions"] = self._exceptions
        return answer, data

    def _environ(self, request: frames.Frame) -> dict[str, Any]:
        """Return what ``flask run`` would hand to the app."""
        environ: dict[str, Any] = request.header["environ"]
        return environ | {
            "wsgi.version": (1, 0),
            "wsgi.input": io.BufferedReader(io.BytesIO(request.body)),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "SERVER_SOFTWARE": _SERVER_SOFTWARE,
        }

    def _set_clock(self, now: float | None) -> None:
        """Show the app another time of day, running on from ``now`` (seconds since 1970)."""
        if self._clock is not None:
            self._clock.stop()
            self._clock = None
        if now is not None:
            self._clock = time_machine.travel(now, tick=True)
            self._clock.start()

    def _send(self, header: dict[str, Any], body: bytes = b"") -> None:
        if os.getpid() != self._process:  # the app has forked: the copy has nothing to answer
            os._exit(0)
        try:
            frame = frames.encode(header, body)
        except frames.FrameError:  # of all parts, only this one has no limit of its own in bytes
            frame = frames.encode(header | {"exceptions": []}, body)
        self._channel.sendall(frame)


class _Malformed(Exception):
    """What the app gave is no response as of PEP 3333; the text is a sentence for its author."""


class _Body:
    """A response's body, the beginning of it when it is longer than ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.data = bytearray()
        self.too_long = False

    def write(self, chunk: bytes) -> None:
        """Append, as far as there is room."""
        if not isinstance(chunk, bytes):
            raise TypeError(f"a response is made of bytes, not of {type(chunk).__name__}")
        room = self._limit - len(self.data)
        self.too_long = self.too_long or len(chunk) > room
        self.data += chunk[:room]

    def take(self, chunks: Iterable[bytes]) -> None:
        """Append all, or until it is too long."""
        try:
            for chunk in chunks:
                self.write(chunk)
                if self.too_long:
                    return
        finally:
            if hasattr(chunks, "close"):
                chunks.close()


def _pairs(headers: Any) -> list[list[str]]:
    """Return headers as JSON can hold them.

    :raises _Malformed: they are no pairs of texts, or more than any server sends.
    """
    pairs = [[_text(name), _text(value)] for name, value in headers]
    if len(pairs) > _MOST_HEADERS:
        raise _Malformed(f"The response has {len(pairs)} headers; no page has that many.")
    if sum(len(name) + len(value) for name, value in pairs) > _MOST_IN_HEADERS:
        raise _Malformed(
            f"The response's headers are longer than {_MOST_IN_HEADERS // 1024} kB together."
        )
    return pairs


def _text(value: Any) -> str:
    """Return a status, or a header's name or value, as a plain text of bearable length.

    :raises _Malformed: it is none.
    """
    if not isinstance(value, str):
        raise _Malformed(f"{ascii(value)[:80]} stands in the response's head and is no text.")
    if len(value) > _MOST_IN_HEADERS:
        raise _Malformed(f"The response's head holds a text of {len(value)} characters.")
    try:
        return str.encode(value, "latin-1").decode("latin-1")
    except UnicodeEncodeError:
        raise _Malformed(
            f"{ascii(value)[:80]} stands in the response's head, where only Latin-1 may stand."
        ) from None
