"""The app in the jail, seen from outside: an ordinary WSGI callable that forwards requests.

Every byte that comes back is somebody else's. It is cut into frames of capped size, its header
is checked field by field, and what does not fit becomes an :class:`AppTrouble` with a sentence for
the student, never a traceback of ours.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import selectors
import socket
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from checker.apps.inside import frames
from checker.apps.limits import Limits
from checker.apps.memory import used_below
from checker.apps.trouble import (
    AnswerMalformed,
    AnswerTooLong,
    AppEnded,
    AppFailedToStart,
    AppHungUp,
    AppTimedOut,
    AppTookTooLong,
    AppTookTooMuchMemory,
    AppTrouble,
    ChannelDisturbed,
    FilesRefused,
    JailError,
    RequestTooLong,
)
from checker.verdicts.diagnosis import AppException, Place, exceptions_from

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_TICK = 0.1  # seconds between two looks at the memory, at least
_REST, _LONGEST_REST = 40, 0.4  # until the next look: so many times what this one took; seconds
_SECONDS_TO_TELL = 1.0  # for the warden to say how the app ended
_SECONDS_TO_END = 2.0  # for the warden to end it
_OUTPUT_PORTION, _OUTPUT_PORTIONS = 1 << 16, 16  # read at a time, so that nobody can keep us there
_STATUS = re.compile(r"[1-9][0-9]{2}(?: [\x20-\x7e\x80-\xff]*)?", re.ASCII)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_MOST_HEADERS = 200


class RemoteApp:
    """One started app. Call it as WSGI; close it to end it and all that it began.

    :param channel: to the app: requests and responses.
    :param watch: to its warden, which the app cannot reach.
    :param output: where to read what the app prints.
    :param process: the jail's process, all of whose descendants' memory counts.
    :param inspected: whether the app's source is to be read first.
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
        *,
        inspected: bool = False,
    ) -> None:
        self._channel, self._watch, self._output = channel, watch, output
        self._limits = limits
        self._process = process
        self._inspected = inspected
        self._decoder = frames.Decoder(limits.answer + 1)
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
        self._seconds = 0.0  # spent on answers so far
        self._next_look = time.monotonic() + 2 * _TICK
        self.exceptions: tuple[AppException, ...] = ()
        self.findings: tuple[Finding, ...] = ()
        self.served: tuple[Place, ...] = ()

    @property
    def output(self) -> str:
        """What the app printed so far, as text; the beginning only when it was much."""
        self._read_output()
        return self._printed.decode(errors="replace")

    @property
    def is_running(self) -> bool:
        """Whether it can be asked, as far as is known."""
        return self._ended is None and not self._closed

    def begin_again(self) -> None:
        """Forget what it said, printed and took, so that it can be judged by what comes now."""
        self._read_output()
        self._printed.clear()
        self._requests, self._seconds = 0, 0.0
        self.exceptions, self.findings = (), ()

    def wait_until_started(self) -> None:
        """Wait for the app to be loaded.

        :raises AppTrouble: it was not; the app is closed then.
        :raises JailError: the jail could not even try.
        """
        deadline = time.monotonic() + self._limits.start_seconds
        try:
            if self._inspected:  # told before a line of the submission runs
                self.findings = _findings(self._next_while_starting(deadline, "findings"))
            self.served = _places(self._next_while_starting(deadline, "started").get("served"))
        except AppTrouble as trouble:
            self._end(trouble)
            raise
        except BaseException:
            self.close()
            raise

    def _next_while_starting(self, deadline: float, expected: str) -> dict[str, Any]:
        """Return the next header on the way to a started app."""
        header = self._wait(deadline, self._limits.start_seconds, "starting").header
        if header.get("type") == "failed":
            self.exceptions = exceptions_from(header.get("exceptions"))
            raise AppFailedToStart("The app could not be started.")
        if header.get("type") != expected:
            raise ChannelDisturbed("it answered before it was asked")
        return header

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Send one request and return its response.

        :raises AppTrouble: there is no usable response. The app is closed when it cannot go on.
        """
        if self._ended is not None:
            raise self._ended
        doing = f"answering {environ['REQUEST_METHOD']} {environ['PATH_INFO'][:80]}"
        self.exceptions = ()
        try:
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

    def _exchange(self, environ: WSGIEnvironment, doing: str) -> frames.Frame:
        request: dict[str, Any] = {
            "type": "request",
            "now": environ.get("checker.now"),
            "answer": self._limits.answer,
            "environ": {name: value for name, value in environ.items() if isinstance(value, str)},
        }
        self._requests += 1
        begin = time.monotonic()
        left = self._limits.app_seconds - self._seconds
        try:
            return self._ask(request, environ["wsgi.input"].read(), "response", doing, left)
        finally:
            self._seconds += time.monotonic() - begin

    def _ask(
        self, header: dict[str, Any], body: bytes, answer: str, doing: str, left: float
    ) -> frames.Frame:
        """Send a frame and return the one that answers it.

        The request's number cannot be guessed, so nobody can answer ahead of time.

        :param left: seconds that the app still has, of those for all its answers.
        """
        allowed = self._limits.request_seconds
        deadline = time.monotonic() + min(allowed, left)
        number = secrets.token_hex(8)
        try:
            data = frames.encode(header | {"id": number}, body)
        except frames.FrameError:
            raise RequestTooLong from None
        self._look_at_memory()
        self._refuse_uninvited()
        try:
            self._send(data, deadline, doing)
            frame = self._wait(deadline, allowed, doing)
        except AppTimedOut:
            if left < allowed:
                raise AppTookTooLong(self._limits.app_seconds, self._requests) from None
            raise
        if frame.header.get("type") != answer or frame.header.get("id") != number:
            raise ChannelDisturbed("it answered something that it was not asked")
        return frame

    def _send(self, data: bytes, deadline: float, doing: str) -> None:
        """Write everything, reading what the app prints meanwhile so that neither side waits."""
        view = memoryview(data)
        while view:
            try:
                view = view[self._channel.send(view) :]
                continue
            except BlockingIOError:
                pass
            except OSError:
                raise self._how_it_ended(doing) from None
            if time.monotonic() > deadline:
                raise AppTimedOut(self._limits.request_seconds, doing)
            self._wait_until_writable(doing)
            self._read_output()
            self._look_at_memory()

    def _wait_until_writable(self, doing: str) -> None:
        """Wait for room on the channel, for a tick at most, unless the app has ended."""
        with selectors.DefaultSelector() as ready:
            ready.register(self._channel, selectors.EVENT_WRITE)
            ready.register(self._watch, selectors.EVENT_READ)
            for key, _events in ready.select(_TICK):
                if key.fileobj is self._watch:
                    raise self._how_it_ended(doing)

    def _wait(self, deadline: float, allowed: float, doing: str) -> frames.Frame:
        """Return the next frame from the app.

        :raises AppTrouble: it ended, took too long or too much memory, or sent no frame.
        """
        while True:
            frame = self._next_frame()
            if frame is not None:
                return frame
            now = time.monotonic()
            if now > deadline:
                raise AppTimedOut(allowed, doing)
            self._look_at_memory()
            for key, _events in self._selector.select(min(_TICK, max(deadline - now, 0.001))):
                if key.fileobj == self._output:
                    self._read_output()
                else:  # the channel has something, or the warden says that the app has ended
                    self._read_channel(doing, last_chance=key.fileobj is self._watch)
                    break  # what was sent last counts before the end does

    def _next_frame(self) -> frames.Frame | None:
        try:
            return self._decoder.next()
        except frames.FrameError as error:
            raise ChannelDisturbed(str(error)) from error

    def _read_channel(self, doing: str, *, last_chance: bool) -> None:
        """Take what the app sent; when there is no more to come, raise how it ended."""
        data: bytes | None
        try:
            data = self._channel.recv(frames.PORTION)
        except BlockingIOError:
            data = b"" if last_chance else None
        except OSError:
            data = b""
        if data == b"":
            raise self._how_it_ended(doing)
        if data is not None:
            self._decoder.feed(data)

    def _how_it_ended(self, doing: str) -> AppTrouble:
        """Ask the warden, which is the app's parent and outside its reach, for its end.

        :raises JailError: the jail could not even try.
        """
        self._watch.settimeout(_SECONDS_TO_TELL)
        try:
            frame = frames.receive(self._watch, frames.Decoder(0))
        except TimeoutError:
            return AppHungUp(doing)
        except (OSError, frames.FrameError):
            frame = None
        self._read_output()
        told = frame.header if frame is not None else {}
        match told.get("type"):
            case "refused":
                return FilesRefused(_text(told.get("text")))
            case "trouble":
                raise JailError(f"The jail cannot start apps: {_text(told.get('text'))}")
        status = told.get("status")
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
        """Take what the app printed, and forget what is over the limit."""
        if self._closed:
            return
        with contextlib.suppress(BlockingIOError):
            for _ in range(_OUTPUT_PORTIONS):
                data = os.read(self._output, _OUTPUT_PORTION)
                if not data:  # nobody holds the other end any more
                    with contextlib.suppress(KeyError):
                        self._selector.unregister(self._output)
                    return
                self._printed += data[: self._limits.output - len(self._printed)]

    def _look_at_memory(self) -> None:
        """Look, not more often than every :data:`_TICK`, and for a small part of the time only.

        :raises AppTookTooMuchMemory: it is over the limit.
        """
        if time.monotonic() < self._next_look:
            return
        begin = time.monotonic()
        used = used_below(self._process, self._limits.memory)
        now = time.monotonic()
        self._next_look = now + min(max(_TICK, _REST * (now - begin)), _LONGEST_REST)
        if used > self._limits.memory:
            raise AppTookTooMuchMemory(used, self._limits.memory)

    def finish(self) -> None:
        """Ask the app whether it has said all, so that every answer that nobody asked for shows.

        That it has ended meanwhile is all right.

        :raises ChannelDisturbed: there was one.
        :raises AppTimedOut: it is still busy, although it answered the last request.
        """
        if self._ended is not None or self._closed:
            return
        doing = "getting ready for the next request"
        try:
            self._ask({"type": "finish"}, b"", "finished", doing, self._limits.request_seconds)
        except AppEnded as trouble:
            self._end(trouble)
        except AppTrouble as trouble:
            self._end(trouble)
            raise

    def _end(self, trouble: AppTrouble) -> None:
        trouble.app = self
        self._ended = trouble
        self.close()

    def close(self) -> None:
        """End the app and wait until it is gone, with everything that it started.

        May be called twice.
        """
        if self._closed:
            return
        self._read_output()
        self._closed = True
        self._selector.close()
        self._channel.close()
        self._watch.settimeout(_SECONDS_TO_END)
        with contextlib.suppress(OSError):
            self._watch.shutdown(socket.SHUT_WR)  # tells the warden; it hangs up when all is over
            while self._watch.recv(1024):
                pass
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
        line=line if type(line) is int and 0 <= line < 10**7 else 0,
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
    if "malformed" in header:
        raise AnswerMalformed(_text(header["malformed"], 300) or "The response is malformed.")
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
