"""The app in the jail, seen from outside: an ordinary WSGI callable that forwards requests.

Every byte that comes back is somebody else's. It is cut into frames of capped size, its header
is checked field by field, and what does not fit becomes an :class:`AppTrouble` with a sentence for
the student, never a traceback of ours.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import socket
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import psutil

from checker.apps.inside import frames
from checker.apps.limits import Limits
from checker.apps.trouble import (
    AnswerMalformed,
    AnswerTooLong,
    AppEnded,
    AppFailedToStart,
    AppTimedOut,
    AppTookTooMuchMemory,
    AppTrouble,
    ChannelDisturbed,
    JailError,
)
from checker.verdicts.diagnosis import AppException, Place, exceptions_from

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_TICK = 0.1  # seconds between two looks at the memory while waiting
_STATUS = re.compile(r"[1-9][0-9]{2}(?: [\x20-\x7e\x80-\xff]*)?", re.ASCII)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_MOST_HEADERS = 200
_SUSPICIOUS = 512 * 1024 * 1024


class RemoteApp:
    """One started app. Call it as WSGI; close it to end it and all that it began.

    :ivar exceptions: what the app raised while starting or during the last request, newest last.
    :ivar findings: what stands out in its source (only when asked for).
    :ivar served: where it called ``app.run()`` while being imported.
    """

    def __init__(
        self,
        channel: socket.socket,
        watch: socket.socket,
        output: int,
        limits: Limits,
        process: int,
    ) -> None:
        self._channel, self._watch, self._output = channel, watch, output
        self._limits = limits
        self._process = process
        self._decoder = frames.Decoder(limits.answer + 1)
        self._watch_decoder = frames.Decoder(0)
        self._selector = selectors.DefaultSelector()
        for source in (channel, watch, output):
            self._selector.register(source, selectors.EVENT_READ)
        os.set_blocking(output, False)
        channel.setblocking(False)
        watch.setblocking(False)
        self._printed = bytearray()
        self._ended: AppTrouble | None = None
        self._closed = False
        self._requests = 0
        self.exceptions: tuple[AppException, ...] = ()
        self.findings: tuple[Finding, ...] = ()
        self.served: tuple[Place, ...] = ()

    @property
    def output(self) -> str:
        """What the app printed so far, as text; the beginning only when it was much."""
        self._read_output()
        return self._printed.decode(errors="replace")

    def wait_until_started(self) -> None:
        """Wait for the app to be loaded.

        :raises AppTrouble: it was not; the app is closed then.
        """
        doing = "while it was starting"
        deadline = time.monotonic() + self._limits.start_seconds
        try:
            header = self._wait(deadline, self._limits.start_seconds, doing).header
            if header.get("type") == "broken":  # cannot come from the submission: not begun yet
                raise JailError(f"The jail cannot start apps: {_text(header.get('text'))}")
            if header.get("type") == "findings":
                self.findings = _findings(header)
                header = self._wait(deadline, self._limits.start_seconds, doing).header
            if header.get("type") == "failed":
                self.exceptions = exceptions_from(header.get("exceptions"))
                raise AppFailedToStart("The app could not be started.")
            if header.get("type") != "started":
                raise ChannelDisturbed("it answered before it was asked")
            self.served = _places(header.get("served"))
        except AppTrouble as trouble:
            self._end(trouble)
            raise
        except JailError:
            self.close()
            raise

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Send one request and return its response.

        :raises AppTrouble: there is no usable response. The app is closed when it cannot go on.
        """
        if self._ended is not None:
            raise self._ended
        doing = f"to answer {environ['REQUEST_METHOD']} {environ['PATH_INFO'][:80]}"
        self.exceptions = ()
        try:
            self._refuse_uninvited()
            header, body = self._exchange(environ, doing)
        except AppTrouble as trouble:
            self._end(trouble)
            raise
        self.exceptions = exceptions_from(header.get("exceptions"))
        if header.get("too_long"):
            raise AnswerTooLong(self._limits.answer)
        status, headers = _checked(header)
        start_response(status, headers)
        return [body]

    def _exchange(self, environ: WSGIEnvironment, doing: str) -> tuple[dict[str, Any], bytes]:
        self._requests += 1
        body = environ["wsgi.input"].read()
        strings = {name: value for name, value in environ.items() if isinstance(value, str)}
        request: dict[str, Any] = {
            "type": "request",
            "id": self._requests,
            "now": environ.get("checker.now"),
            "answer": self._limits.answer,
            "environ": strings,
        }
        deadline = time.monotonic() + self._limits.request_seconds
        self._send(frames.encode(request, body), deadline, doing)
        frame = self._wait(deadline, self._limits.request_seconds, doing)
        if frame.header.get("type") != "response" or frame.header.get("id") != self._requests:
            raise ChannelDisturbed("it answered something that it was not asked")
        return frame

    def _send(self, data: bytes, deadline: float, doing: str) -> None:
        """Write everything, reading what the app prints meanwhile so that neither side waits."""
        view = memoryview(data)
        while view:
            try:
                view = view[self._channel.send(view) :]
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise AppTimedOut(self._limits.request_seconds, doing) from None
                with selectors.DefaultSelector() as ready:
                    ready.register(self._channel, selectors.EVENT_WRITE)
                    ready.register(self._output, selectors.EVENT_READ)
                    ready.select(_TICK)
                self._read_output()
            except OSError:
                raise self._how_it_ended(doing) from None

    def _wait(self, deadline: float, allowed: float, doing: str) -> frames.Frame:
        """Return the next frame from the app.

        :raises AppTrouble: it ended, took too long or too much memory, or sent no frame.
        """
        next_look = time.monotonic() + 2 * _TICK
        while True:
            frame = self._next_frame()
            if frame is not None:
                return frame
            now = time.monotonic()
            if now > deadline:
                raise AppTimedOut(allowed, doing)
            if now > next_look:
                self._look_at_memory()
                next_look = time.monotonic() + _TICK
            for key, _events in self._selector.select(min(_TICK, max(deadline - now, 0.001))):
                if key.fileobj == self._output:
                    self._read_output()
                else:  # the channel has something, or the warden says that the app has ended
                    self._read_channel(doing, last_chance=key.fileobj is self._watch)

    def _next_frame(self) -> frames.Frame | None:
        try:
            return self._decoder.next()
        except frames.FrameError as error:
            raise ChannelDisturbed(str(error)) from error

    def _read_channel(self, doing: str, *, last_chance: bool) -> None:
        """Take what the app sent; when there is no more to come, raise how it ended."""
        data: bytes | None
        try:
            data = self._channel.recv(1 << 18)
        except BlockingIOError:
            data = b"" if last_chance else None
        except OSError:
            data = b""
        if data == b"":
            raise self._how_it_ended(doing)
        if data is not None:
            self._decoder.feed(data)

    def _how_it_ended(self, doing: str) -> AppTrouble:
        """Ask the warden, which is the app's parent and outside its reach, for its end."""
        self._watch.settimeout(2.0)
        try:
            frame = frames.receive(self._watch, self._watch_decoder)
        except (OSError, frames.FrameError):
            frame = None
        self._read_output()
        if frame is None or frame.header.get("type") == "trouble":
            return AppEnded(None, doing)
        status = frame.header.get("status")
        return AppEnded(status if isinstance(status, int) else None, doing)

    def _refuse_uninvited(self) -> None:
        """See that nothing lies on the wire before a question is asked.

        :raises ChannelDisturbed: the app wrote there by itself.
        """
        data = b""
        with contextlib.suppress(OSError):
            data = self._channel.recv(1)
        if data or len(self._decoder):
            raise ChannelDisturbed("it answered without having been asked, or twice")

    def _read_output(self) -> None:
        if self._closed:
            return
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._output, 1 << 16):
                self._printed += data[: self._limits.output - len(self._printed)]
            with contextlib.suppress(KeyError):  # nobody holds the other end any more
                self._selector.unregister(self._output)

    def _look_at_memory(self) -> None:
        used = _memory(self._process)
        if used > self._limits.memory:
            raise AppTookTooMuchMemory(used, self._limits.memory)

    def finish(self) -> None:
        """Look a last time for answers that nobody asked for.

        :raises ChannelDisturbed: there are some.
        """
        if self._ended is None:
            self._refuse_uninvited()

    def _end(self, trouble: AppTrouble) -> None:
        self._ended = trouble
        self.close()

    def close(self) -> None:
        """End the app; its warden ends everything that it started. May be called twice."""
        if self._closed:
            return
        self._read_output()
        self._closed = True
        self._selector.close()
        self._channel.close()
        self._watch.close()
        os.close(self._output)

    def __enter__(self) -> RemoteApp:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


class Finding(NamedTuple):
    """Something that stands out in the source: ``grader``, ``patch`` or ``report``."""

    kind: str
    name: str
    place: Place


def _text(value: object, longest: int = 2000) -> str:
    return value[:longest] if isinstance(value, str) else ""


def _list(value: object, most: int = 50) -> list[dict[str, Any]]:
    """Return the objects of what should be a list of objects."""
    items = value[:most] if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict)]


def _place(item: dict[str, Any]) -> Place:
    line = item.get("line")
    return Place(
        file=_text(item.get("file"), 200),
        line=line if isinstance(line, int) and 0 <= line < 10**7 else 0,
        function=_text(item.get("function"), 200),
        source=_text(item.get("source"), 400),
    )


def _places(value: object) -> tuple[Place, ...]:
    return tuple(map(_place, _list(value)))


def _findings(header: dict[str, Any]) -> tuple[Finding, ...]:
    return tuple(
        Finding(_text(item.get("kind"), 20), _text(item.get("name"), 80), _place(item))
        for item in _list(header.get("findings"))
    )


def _checked(header: dict[str, Any]) -> tuple[str, list[tuple[str, str]]]:
    """Return status and headers as WSGI has them.

    :raises AnswerMalformed: they are not what may stand there (PEP 3333, RFC 9110 section 5).
    """
    status, pairs = header.get("status"), header.get("headers")
    if not isinstance(status, str) or not _STATUS.fullmatch(status):
        raise AnswerMalformed(
            f"The response's status is {_shown(status)}, which is no HTTP status."
        )
    if not isinstance(pairs, list) or len(pairs) > _MOST_HEADERS:
        raise AnswerMalformed(f"The response has no list of at most {_MOST_HEADERS} headers.")
    headers = []
    for pair in pairs:
        if (
            not isinstance(pair, list)
            or len(pair) != 2
            or not all(isinstance(part, str) for part in pair)
            or not _TOKEN.fullmatch(pair[0])
            or not _VALUE.fullmatch(pair[1])
        ):
            raise AnswerMalformed(f"The response header {_shown(pair)} is not allowed in HTTP.")
        headers.append((pair[0], pair[1]))
    return status, headers


def _shown(value: object) -> str:
    return ascii(value)[:80]


def _memory(root: int) -> int:
    """Return the bytes that a process and its descendants hold, shared pages counted once.

    The cheap figure first: only when it is high, the kernel is asked to divide shared pages
    (``Pss`` in proc_pid_smaps(5)), which is slow.
    """
    processes = _descendants(root)
    resident = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            resident += process.memory_info().rss
    if resident < _SUSPICIOUS:
        return resident
    divided = 0
    for process in processes:
        try:
            rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        except OSError:
            continue
        divided += sum(
            int(line.split()[1]) * 1024 for line in rollup.splitlines() if line[:4] == "Pss:"
        )
    return divided or resident


def _descendants(root: int) -> list[psutil.Process]:
    try:
        return psutil.Process(root).children(recursive=True)
    except psutil.Error:
        return []
