"""Text from a submission cannot do anything to a terminal."""

import sys

import pytest

from checker.reports.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("a\rb\x07\b", "a\\x0db\\x07\\x08"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("half \ud83d", "half \\ud83d"),
        ("tab\there", "tab\\x09here"),
        ("two\nlines", "two\nlines"),
        ("Ünïcödé 登录 😀", "Ünïcödé 登录 😀"),
    ],
)
def test_what_a_terminal_could_act_on_is_spelt_out(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_every_single_character_becomes_something_that_can_be_written() -> None:
    for number in range(0, sys.maxunicode, 7):
        assert "\x1b" not in printable(chr(number))
        printable(chr(number)).encode()


def test_a_long_text_is_cut_and_says_so() -> None:
    assert printable("a" * 30, 10) == "aaaaaaaaaa … (20 more characters)"
