"""PNG files as a browser makes them, made smaller: the same picture, with a palette of 256 colours.

Chromium writes four bytes a pixel. A page of text has some hundred shades, most of them on the
edges of letters, where nobody sees that one is a little off.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST = 256
#: A browser writes eight bits for each of red, green and blue, with or without transparency.
_CHANNELS = {2: 3, 6: 4}

Colour = bytes


def size(data: bytes) -> tuple[int, int]:
    """Return width and height of a PNG file, in pixels."""
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def smaller(data: bytes) -> bytes:
    """Return a browser's PNG file with a palette; what is transparent gets opaque."""
    width, height = size(data)
    chunks = _chunks(data)
    depth, kind = chunks[b"IHDR"][8:10]
    assert depth == 8 and kind in _CHANNELS, "not what a browser writes"
    rows = _rows(zlib.decompress(chunks[b"IDAT"]), width, height, _CHANNELS[kind])
    pixels = [[row[at : at + 3] for at in range(0, len(row), _CHANNELS[kind])] for row in rows]
    colours = Counter(colour for row in pixels for colour in row)
    palette = [colour for colour, _ in colours.most_common(_MOST)]
    places = _places(colours, palette)
    packed = b"".join(b"\0" + bytes(places[colour] for colour in row) for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    made = {
        b"IHDR": header,
        b"PLTE": b"".join(palette),
        b"IDAT": zlib.compress(packed, 9),
        b"IEND": b"",
    }
    return _SIGNATURE + b"".join(_chunk(name, content) for name, content in made.items())


def _places(colours: Counter[Colour], palette: list[Colour]) -> dict[Colour, int]:
    """Return for each colour the place of the nearest one in the palette."""
    places = {colour: place for place, colour in enumerate(palette)}
    for colour in colours:
        if colour not in places:
            nearest = min(palette, key=lambda other: _distance(colour, other))
            places[colour] = places[nearest]
    return places


def _distance(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunks(data: bytes) -> dict[bytes, bytes]:
    chunks: dict[bytes, bytes] = {}
    at = len(_SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        name = data[at + 4 : at + 8]
        chunks[name] = chunks.get(name, b"") + data[at + 8 : at + 8 + length]
        at += length + 12
    return chunks


def _chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check


def _rows(packed: bytes, width: int, height: int, channels: int) -> list[bytes]:
    """Undo the filters of PNG (section 9 of its specification)."""
    length = width * channels
    rows = []
    above = bytearray(length)
    for number in range(height):
        start = number * (length + 1)
        row = bytearray(packed[start + 1 : start + 1 + length])
        _unfilter(packed[start], row, above, channels)
        rows.append(bytes(row))
        above = row
    return rows


def _unfilter(method: int, row: bytearray, above: bytearray, channels: int) -> None:
    for at in range(len(row)) if method else ():
        left = row[at - channels] if at >= channels else 0
        corner = above[at - channels] if at >= channels else 0
        match method:
            case 1:
                guess = left
            case 2:
                guess = above[at]
            case 3:
                guess = (left + above[at]) // 2
            case _:
                guess = _paeth(left, above[at], corner)
        row[at] = (row[at] + guess) & 255


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    distances = (abs(guess - left), abs(guess - above), abs(guess - corner))
    return (left, above, corner)[distances.index(min(distances))]
