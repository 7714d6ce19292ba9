"""Trying an app with the checks of a step, as far as a proof needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from checker.apps.submission import Submission
from checker.course import AskedCheck, Step, checks_of, steps
from checker.running import run
from checker.suites.bench import Bench
from checker.verdicts.events import CheckFinished, Event, Noticed
from checker.verdicts.outcomes import CheckResult, Notice, Verdict

#: What counts as a check's having caught something.
CAUGHT = (Verdict.FAILED, Verdict.TIMEOUT)


@dataclass(frozen=True)
class Tried:
    """The results of the checks that were run, in order."""

    results: dict[str, CheckResult]
    notices: tuple[Notice, ...]

    def ended(self, *verdicts: Verdict) -> tuple[str, ...]:
        """Return the checks that ended in one of these ways."""
        return tuple(one.id for one in self.results.values() if one.verdict in verdicts)

    @property
    def caught_by(self) -> str:
        """The first check that failed, or nothing."""
        return next(iter(self.ended(*CAUGHT)), "")


@cache
def course() -> list[Step]:
    """Return all steps."""
    return steps()


@cache
def asked(step: int) -> dict[str, AskedCheck]:
    """Return the checks of a step by id."""
    return {each.check.id: each for each in checks_of(course()[step - 1], course())}


def tried(
    step: int,
    submission: Submission,
    bench: Bench,
    *,
    only: Iterable[str] = (),
    databases: Collection[str] = (),
    until_caught: bool = False,
) -> Tried:
    """Run a step's checks.

    :param only: checks to run, with what they need; all when empty.
    :param databases: kinds of database; all that the step has when empty.
    :param until_caught: stop at the first check that fails.
    """
    results: dict[str, CheckResult] = {}
    notices: list[Notice] = []

    def note(event: Event) -> None:
        if isinstance(event, Noticed):
            notices.append(event.notice)
        if isinstance(event, CheckFinished):
            results[event.result.id] = event.result

    run(
        course()[step - 1],
        course(),
        submission,
        bench,
        note,
        only=only,
        databases=databases,
        until=lambda result: until_caught and result.verdict in CAUGHT,
    )
    return Tried(results, tuple(notices))
