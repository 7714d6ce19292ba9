"""Telling a page for somebody who is logged in from the page that a stranger sees."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import takewhile

from checker.visitor.pages import Page, without_noise

_MOST_WORDS = 200  # that differ are compared one by one; that takes the square of them, or more


def looks_the_same(page: Page, one: Page, other: Page) -> bool:
    """Whether `page` shows just what two strangers see.

    Where the strangers' pages differ from one another (a clock, a quotation of the day, a visitor's
    number), anything may stand.
    """
    words = _words(page)
    runs = _common_runs(_words(one), _words(other))
    return _fits(words, runs)


def _words(page: Page) -> list[str]:
    return without_noise(page.visible_text).split()


def _common_runs(one: list[str], other: list[str]) -> list[list[str]]:
    """The runs of words that both have, in order; the first and the last one may be empty."""
    if one == other:
        return [one]
    start = _common_start(one, other)
    head, one, other = one[:start], one[start:], other[start:]
    end = _common_start(one[::-1], other[::-1])
    tail = one[len(one) - end :]
    one, other = one[: len(one) - end], other[: len(other) - end]
    runs: list[list[str]] = []
    if max(len(one), len(other)) <= _MOST_WORDS:
        matcher = SequenceMatcher(None, one, other, autojunk=False)
        runs = [one[run.a : run.a + run.size] for run in matcher.get_matching_blocks() if run.size]
    return [head, *runs, tail]


def _common_start(one: list[str], other: list[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _fits(words: list[str], runs: list[list[str]]) -> bool:
    """Whether the words are these runs, in order, with anything between two of them."""
    if len(runs) == 1:
        return words == runs[0]
    head, *inner, tail = runs
    if len(words) < len(head) + len(tail):
        return False
    if words[: len(head)] != head or words[len(words) - len(tail) :] != tail:
        return False
    middle = words[len(head) : len(words) - len(tail)]
    place = 0
    for run in inner:
        starts = range(place, len(middle) - len(run) + 1)
        found = next((at for at in starts if middle[at : at + len(run)] == run), None)
        if found is None:
            return False
        place = found + len(run)
    return True
