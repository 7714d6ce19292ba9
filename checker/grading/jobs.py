"""What goes to a worker, and what comes back: one submission, one step."""

from __future__ import annotations

from dataclasses import dataclass

from checker.apps.submission import Submission


@dataclass(frozen=True)
class Job:
    """One submission to be graded in one step.

    :ivar name: what the submission is called in its report.
    :ivar checks: digest of the checks that it is to be judged by; see ``fingerprint``.
    :ivar only: ids of checks to run, with what they need; all when empty.
    :ivar own: files with checks of the instructor's own, name and text.
    :ivar without_jail: whether it may run where there is no jail.
    """

    name: str
    step: int
    submission: Submission
    seed: int
    checks: str
    only: tuple[str, ...] = ()
    own: tuple[tuple[str, str], ...] = ()
    without_jail: bool = False


@dataclass(frozen=True)
class Graded:
    """What came of a job.

    :ivar report: the JSON text that `check --json` would print.
    :ivar seconds: how long it took, on a clock on the wall.
    :ivar patience: how many times longer than usual the app was waited for.
    """

    report: str
    seconds: float
    patience: int


class Unfit(Exception):
    """A worker's machine would give wrong grades; nothing can be graded there until it is mended.

    The text says what is wrong and what to do.
    """


class NotGraded(Exception):
    """A job could not be done although it was tried again: the checker's fault, not the app's."""
