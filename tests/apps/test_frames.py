"""The wire: what is a frame, and what is refused before it can do harm."""

from __future__ import annotations

import json
import socket
import struct

import pytest

from checker.apps.inside.frames import (
    MAX_HEADER,
    PREFIX,
    Decoder,
    Frame,
    FrameError,
    encode,
    receive,
)


def raw(header: bytes, body: bytes = b"", magic: bytes = b"fw", version: int = 1) -> bytes:
    return struct.pack(">2sBII", magic, version, len(header), len(body)) + header + body


def decoded(data: bytes, max_body: int = 1000) -> Frame | None:
    decoder = Decoder(max_body)
    decoder.feed(data)
    return decoder.next()


def test_a_frame_comes_back_as_it_was_sent():
    header = {"type": "response", "headers": [["A", "ü😀"]], "n": 7, "none": None}
    assert decoded(encode(header, b"\0\xffbody")) == Frame(header, b"\0\xffbody")


def test_a_frame_may_come_byte_by_byte():
    decoder = Decoder()
    data = encode({"a": 1}, b"xyz") + encode({"b": 2})
    found = []
    for number in range(len(data)):
        decoder.feed(data[number : number + 1])
        while (frame := decoder.next()) is not None:
            found.append(frame)
    assert found == [Frame({"a": 1}, b"xyz"), Frame({"b": 2}, b"")]
    assert len(decoder) == 0


def test_a_decoder_knows_how_much_is_missing():
    decoder = Decoder()
    assert decoder.missing() == PREFIX.size
    data = encode({"a": 1}, b"xyz")
    decoder.feed(data[: PREFIX.size])
    assert decoder.missing() == len(data) - PREFIX.size
    decoder.feed(data[PREFIX.size :] + b"fw")
    assert decoder.missing() == 0


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", id="another protocol"),
        pytest.param(b"g", id="a first byte that is wrong"),
        pytest.param(raw(b"{}", version=2), id="another version"),
        pytest.param(raw(b"{}", magic=b"FW"), id="another beginning"),
        pytest.param(struct.pack(">2sBII", b"fw", 1, 2**32 - 1, 0), id="a giant header"),
        pytest.param(struct.pack(">2sBII", b"fw", 1, 2, 2**32 - 1), id="a giant body"),
        pytest.param(struct.pack(">2sBII", b"fw", 1, 2, 1001), id="a body just too long"),
        pytest.param(raw(b""), id="no header"),
        pytest.param(raw(b"[]"), id="a list"),
        pytest.param(raw(b"null"), id="null"),
        pytest.param(raw(b'"text"'), id="a text"),
        pytest.param(raw(b"{} {}"), id="two objects"),
        pytest.param(raw(b"{'a': 1}"), id="Python"),
        pytest.param(raw(b'{"a": NaN}'), id="NaN"),
        pytest.param(raw(b'{"a": -Infinity}'), id="Infinity"),
        pytest.param(raw(b'{"a": ' + b"9" * 16 + b"}"), id="a large number"),
        pytest.param(raw(b'{"a": ' + b"9" * 5000 + b"}"), id="a number that str() refuses"),
        pytest.param(raw(b"[" * 200_000), id="deep lists"),
        pytest.param(raw(b'{"a":' * 80_000), id="deep objects"),
        pytest.param(raw(b'{"a": "\\ud800"}'), id="half a character"),
        pytest.param(raw(b'{"a": "\\uD83D"}'), id="the other spelling of half a character"),
        pytest.param(raw('{"a": "ü"}'.encode()), id="bytes beyond ASCII"),
        pytest.param(raw('{"a": 1}'.encode("utf-16")), id="UTF-16"),
        pytest.param(raw(b"\x80\x04K\x01."), id="a pickle"),
    ],
)
def test_what_is_no_frame_is_refused(data: bytes):
    with pytest.raises(FrameError):
        decoded(data)


def test_nothing_is_decided_before_the_bytes_tell():
    assert decoded(b"") is None
    assert decoded(b"f") is None
    assert decoded(b"fw\1\0\0") is None


def test_a_giant_frame_is_refused_before_any_of_it_is_stored():
    decoder = Decoder(max_body=10)
    decoder.feed(struct.pack(">2sBII", b"fw", 1, MAX_HEADER, 11))
    with pytest.raises(FrameError, match="too large"):
        decoder.next()


def test_characters_beyond_the_first_plane_are_whole():
    assert decoded(raw(b'{"a": "\\ud83d\\ude00"}')) == Frame({"a": "😀"}, b"")


def test_a_header_that_is_too_large_is_not_sent():
    with pytest.raises(FrameError, match="at most"):
        encode({"a": "x" * MAX_HEADER})


def test_a_header_with_what_json_cannot_hold_is_not_sent():
    with pytest.raises(TypeError):
        encode({"a": b"bytes"})


def test_receiving_takes_no_byte_of_what_follows():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(encode({"a": 1}, b"x") + b"+" + encode({"b": 2}))
        decoder = Decoder()
        assert receive(ours, decoder) == Frame({"a": 1}, b"x")
        assert ours.recv(1) == b"+"
        assert receive(ours, decoder) == Frame({"b": 2}, b"")


def test_receiving_ends_when_the_other_side_is_gone():
    ours, theirs = socket.socketpair()
    with ours:
        theirs.sendall(encode({"a": 1})[:-1])
        theirs.close()
        assert receive(ours, Decoder()) is None


def test_duplicate_keys_make_one_value_and_no_confusion():
    frame = decoded(raw(b'{"type": "started", "type": "response"}'))
    assert frame is not None
    assert frame.header == {"type": "response"}
    assert json.loads(json.dumps(frame.header)) == frame.header
