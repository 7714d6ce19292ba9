"""Why a submission cannot be graded, in one sentence, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from checker.apps.submission import SubmissionError
from checker.grading.results import Refusal
from checker.reports.printable import printable

_LONGEST_NAME = 80


class Refused(Exception):
    """A submission cannot be graded; it concerns this one alone.

    :ivar refusal: what is said about it.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.refusal = Refusal(what, remedy)


def named(name: str) -> str:
    """Return a hostile name as a sentence can hold it: visible, not long, between quotes."""
    return f"`{printable(name, _LONGEST_NAME).replace(chr(10), ' ')}`"


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what the reader of submissions says into a refusal."""
    try:
        yield
    except SubmissionError as error:
        raise Refused(printable(str(error), 400), "Mend it and hand in again.") from error
