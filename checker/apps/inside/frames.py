"""The wire between the checker and the jail: a fixed prefix, a JSON header, raw bytes.

``prefix = b"fw" + version (1 byte) + header length (4 bytes) + body length (4 bytes)``, numbers
big-endian. This file is used on both sides of the jail's wall and needs the standard library
only. A header is data: it is parsed as JSON and never evaluated, unpickled or imported.
"""

from __future__ import annotations

import json
import socket
import struct
from typing import Any, NamedTuple, NoReturn

VERSION = 1
PREFIX = struct.Struct(">2sBII")
MAGIC = b"fw"

#: Longest header in bytes: request and response headers, a traceback, no page content.
MAX_HEADER = 512 * 1024
#: Longest body in bytes that either side accepts unless told otherwise.
MAX_BODY = 64 * 1024 * 1024
#: Longest integer in a header, sign included.
_DIGITS = 15
#: Most bytes taken from a socket at a time.
PORTION = 1 << 18


class FrameError(ValueError):
    """The bytes on the wire are no frame of this version. The text says why."""


class Frame(NamedTuple):
    """One message: a JSON object and the bytes that go with it."""

    header: dict[str, Any]
    body: bytes


def encode(header: dict[str, Any], body: bytes = b"") -> bytes:
    """Return the whole frame as bytes.

    :raises FrameError: the header is too large.
    """
    text = json.dumps(header, separators=(",", ":")).encode("ascii")
    if len(text) > MAX_HEADER:
        raise FrameError(f"header of {len(text)} bytes, at most {MAX_HEADER} are allowed")
    return PREFIX.pack(MAGIC, VERSION, len(text), len(body)) + text + body


class Decoder:
    """Cuts frames out of a stream of bytes that may come in any portions.

    :param max_body: longest body in bytes; a longer one is a :exc:`FrameError` as soon as its
        prefix is seen, so that nobody can make the reader store it.
    """

    def __init__(self, max_body: int = MAX_BODY) -> None:
        self._buffer = bytearray()
        self._max_body = max_body

    def __len__(self) -> int:
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Take what was read from the wire."""
        self._buffer += data

    def next(self) -> Frame | None:
        """Return the next whole frame, or ``None`` when more bytes are needed.

        :raises FrameError: the bytes cannot become a frame.
        """
        if self.missing() > 0:
            return None
        buffer = self._buffer
        _, _, header_length, body_length = PREFIX.unpack_from(buffer)
        start = PREFIX.size + header_length
        end = start + body_length
        frame = Frame(_parse(bytes(buffer[PREFIX.size : start])), bytes(buffer[start:end]))
        del buffer[:end]
        return frame

    def missing(self) -> int:
        """Return how many bytes are certainly still needed for the next frame; 0 when it is there.

        :raises FrameError: the bytes cannot become a frame.
        """
        buffer = self._buffer
        begin = bytes(buffer[: len(MAGIC) + 1])
        if not (MAGIC + bytes([VERSION])).startswith(begin):
            raise FrameError("the bytes do not begin a frame of this version")
        if len(buffer) < PREFIX.size:
            return PREFIX.size - len(buffer)
        header_length: int
        body_length: int
        _, _, header_length, body_length = PREFIX.unpack_from(buffer)
        if header_length > MAX_HEADER or body_length > self._max_body:
            raise FrameError(f"a frame of {header_length} + {body_length} bytes is too large")
        return max(0, PREFIX.size + header_length + body_length - len(buffer))


def receive(connection: socket.socket, decoder: Decoder) -> Frame | None:
    """Wait for the next frame on a blocking socket; ``None`` when the other side is gone.

    Not a byte is taken that belongs to what follows the frame.

    :raises FrameError: something else than a frame came.
    """
    while (missing := decoder.missing()) > 0:
        data = connection.recv(min(missing, PORTION))
        if not data:
            return None
        decoder.feed(data)
    return decoder.next()


def _parse(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text.decode("ascii"), parse_int=_small, parse_constant=_refuse)
        if b"\\ud" in text.lower():  # halves of characters could not be written anywhere
            json.dumps(header, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise FrameError("the header is no JSON") from error
    if not isinstance(header, dict):
        raise FrameError("the header is no JSON object")
    return header


def _small(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
