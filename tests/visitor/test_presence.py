"""A page is compared with what two strangers see; where the strangers differ, anything goes."""

import time

import pytest

from checker.visitor.presence import looks_the_same


@pytest.mark.parametrize(
    ("page", "one", "other", "same"),
    [
        ("Hello", "Hello", "Hello", True),
        ("Hello ada", "Hello", "Hello", False),
        ("Hello", "Hello ada", "Hello ada", False),
        ("", "", "", True),
        ("x", "", "", False),
        ("Hello c bye", "Hello a bye", "Hello b bye", True),
        ("Hello c d e bye", "Hello a bye", "Hello b bye", True),
        ("Hello bye", "Hello a bye", "Hello b bye", True),
        ("Hello c", "Hello a bye", "Hello b bye", False),
        ("Hi c bye", "Hello a bye", "Hello b bye", False),
        ("c mid d", "a mid b", "e mid f", True),
        ("c d", "a mid b", "e mid f", False),
        ("x one y two z", "a one b two c", "d one e two f", True),
        ("x two y one z", "a one b two c", "d one e two f", False),
        ("Hello bye", "Hello bye bye", "Hello a bye bye", False),
        ("It is 12:00 now", "It is 12:01 now", "It is 12:01 now", True),
    ],
)
def test_a_page_looks_the_same(show, page, one, other, same):
    assert looks_the_same(show(page), show(one), show(other)) is same


def test_comparing_long_pages_takes_bounded_time(show):
    words = [
        show(" ".join(f"{letter}{'ab'[n % 3 > 1]}" for n in range(100_000))) for letter in "xyx"
    ]
    start = time.process_time()
    looks_the_same(*words)
    looks_the_same(words[0], show("a " * 200 + "x"), show("b a " * 100 + "y"))
    assert time.process_time() - start < 5
