"""Sentences for a reader stay sentences, whatever an app or a check puts into them."""

import pytest

from checker.visitor.words import counted, lasting, listed, plain, quoted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Log in", "Log in"),
        ("  Log\n\t in ", "Log in"),
        ("\x1b[31mred\x07", "[31mred"),
        ("a\u202eb\u200bc", "a b c"),
        ("Anmelden €", "Anmelden €"),
        ("x" * 50, "x" * 39 + "…"),
        ("", ""),
    ],
)
def test_an_apps_text_is_cleaned_and_shortened(text, shown):
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("secret", '"secret"'),
        ("", '""'),
        (" a b ", '" a b "'),
        ("a\tb", r'"a\tb"'),
        ("a\x00b", r'"a\x00b"'),
        ("e\u0301\u200b", '"e\u0301\\u200b"'),
        ("\ud800", r'"\ud800"'),
        ("pässwörd €", '"pässwörd €"'),
        ("x" * 60, '"' + "x" * 60 + '"'),
        ("x" * 61, '"' + "x" * 59 + '…"'),
        ("\n" * 1_000_000, '"' + r"\n" * 29 + '\\…"'),
        (b"abc", '"abc"'),
        (b"\xff\x00", r"b'\xff\x00'"),
        (b"\xff" * 1000, "b'" + r"\xff" * 15 + "…"),
    ],
)
def test_what_was_typed_is_shown_as_it_was(text, shown):
    assert quoted(text) == shown


def test_numbers_rows_and_times_are_written_out():
    assert [counted(1, "form", "forms"), counted(2, "form", "forms")] == ["1 form", "2 forms"]
    assert [listed("a"), listed("ab"), listed("abc")] == ["a", "a and b", "a, b and c"]
    assert [lasting(seconds) for seconds in (1, 90, 120, 3600, 86_400, 31 * 86_400, 90_061)] == [
        "1 second",
        "90 seconds",
        "2 minutes",
        "1 hour",
        "1 day",
        "31 days",
        "90061 seconds",
    ]
