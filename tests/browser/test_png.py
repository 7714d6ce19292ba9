"""Pictures of the browser, made smaller, show the same."""

import struct
import zlib

import pytest

from tests.browser import png

#: Five rows of three pixels, a row for each filter that PNG has.
PIXELS = [
    [(10, 20, 30), (40, 50, 60), (250, 240, 230)],
    [(11, 22, 33), (44, 55, 66), (0, 0, 0)],
    [(10, 20, 30), (255, 255, 255), (1, 2, 3)],
    [(90, 80, 70), (40, 50, 60), (33, 22, 11)],
    [(200, 100, 50), (25, 12, 6), (3, 1, 0)],
]


def written(pixels: list[list[tuple[int, ...]]], kind: int = 2) -> bytes:
    """Return a PNG file as section 9 of the specification says, its rows filtered 0, 1, 2, 3, 4."""
    above = bytes(3 * len(pixels[0]))
    packed = b""
    for number, row in enumerate(pixels):
        plain = bytes(value for pixel in row for value in pixel)
        method = number % 5
        packed += bytes([method])
        for at, value in enumerate(plain):
            left = plain[at - 3] if at >= 3 else 0
            corner = above[at - 3] if at >= 3 else 0
            guess = left + above[at] - corner
            near = min((left, above[at], corner), key=lambda one, guess=guess: abs(guess - one))
            guesses = (0, left, above[at], (left + above[at]) // 2, near)
            packed += bytes([(value - guesses[method]) % 256])
        above = plain
    header = struct.pack(">IIBBBBB", len(pixels[0]), len(pixels), 8, kind, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(packed)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )


def read(data: bytes) -> list[list[tuple[int, ...]]]:
    """Return the pixels of a PNG file with a palette and unfiltered rows."""
    width, height = png.size(data)
    chunks = {}
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        name, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert check == zlib.crc32(name + content)
        chunks[name] = content
        at += length + 12
    packed = zlib.decompress(chunks[b"IDAT"])
    rows = [packed[n * (width + 1) + 1 : (n + 1) * (width + 1)] for n in range(height)]
    palette = chunks[b"PLTE"]
    return [[tuple(palette[3 * place : 3 * place + 3]) for place in row] for row in rows]


def test_a_picture_of_few_colours_stays_as_it_is() -> None:
    made = png.smaller(written(PIXELS))
    assert png.size(made) == (3, 5)
    assert read(made) == PIXELS


def test_of_many_colours_the_rare_ones_become_the_nearest_that_are_left() -> None:
    greys = [[(shade, shade, shade)] * 2 for shade in range(256)]
    rare = [(7, 7, 8), (7, 7, 8)]
    assert read(png.smaller(written([*greys, *greys, rare])))[-1] == [(7, 7, 7)] * 2


def test_what_no_browser_writes_is_refused() -> None:
    with pytest.raises(AssertionError, match="not what a browser writes"):
        png.smaller(written(PIXELS, kind=0))
