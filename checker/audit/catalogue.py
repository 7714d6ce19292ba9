"""Every catalogued mistake is caught, and by the check that was written for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum

from checker import mistakes
from checker.apps.submission import Submission
from checker.audit.findings import Finding, Subject
from checker.audit.trying import CAUGHT, Tried, asked, course, tried
from checker.audit.workers import warm_bench
from checker.course import AskedCheck, Step
from checker.mistakes import Mistake, MistakeError
from checker.mistakes.kills import told
from checker.verdicts.outcomes import Verdict


class Kill(StrEnum):
    """How a catalogued mistake was caught. Only the first two are as they should be."""

    MEANT = "by its check"
    RELATED = "by a related check"
    INCIDENTAL = "incidental"
    CRASH = "crash"
    SURVIVED = "survived"
    #: It could not be tried: the solution is no longer what the mistake was made from.
    STALE = "out of date"


def subjects(step: Step) -> Iterator[Subject]:
    """Return the mistakes of a step."""
    for mistake in mistakes.load(step.number):
        yield Subject("mutants", step.number, mistake.id)


def prove(subject: Subject) -> Finding:
    """Ask the check that is meant for a mistake; all others only when that one says nothing."""
    step = course()[subject.step - 1]
    mistake = named(subject)
    try:
        wrong = mistaken(step, mistake)
    except MistakeError as error:
        return _finding(subject, Kill.STALE, str(error))
    for databases in (step.databases[:1], step.databases):  # a check may be about one of them
        only = [mistake.killed_by]
        results = tried(step.number, wrong, warm_bench(), only=only, databases=databases)
        if results.ended(Verdict.FAILED) == (mistake.killed_by,):
            seen = told(results.results[mistake.killed_by].seen)
            return replace(_finding(subject, Kill.MEANT, checks=(mistake.killed_by,)), seen=seen)
    results = tried(step.number, wrong, warm_bench())
    kill = kill_of(mistake.killed_by, results, asked(step.number))
    checks = results.ended(*CAUGHT)
    if kill in (Kill.MEANT, Kill.RELATED):
        return _finding(subject, kill, checks=checks)
    problem = f"{mistake.killed_by} is meant to catch it"
    return _finding(subject, kill, f"{problem}; caught by: {', '.join(checks) or 'none'}", checks)


def kill_of(meant: str, results: Tried, checks: Mapping[str, AskedCheck]) -> Kill:
    """Class the kill of a mistake by what a whole run of it said.

    Two checks are about the same thing when one lesson's section teaches both.

    :param meant: the check that is meant for it.
    """
    failed = results.ended(*CAUGHT)
    if not failed:
        return Kill.SURVIVED
    if meant in failed:
        return Kill.MEANT
    if _crashed(results, failed[0]):
        return Kill.CRASH
    thing = checks[meant].since.number, checks[meant].check.lesson
    if any((checks[one].since.number, checks[one].check.lesson) == thing for one in failed):
        return Kill.RELATED
    return Kill.INCIDENTAL


def named(subject: Subject) -> Mistake:
    """Return the mistake that a subject stands for."""
    return next(one for one in mistakes.load(subject.step) if one.id == subject.name)


def mistaken(step: Step, mistake: Mistake) -> Submission:
    """Return the solution of a step with a mistake made in it.

    :raises MistakeError: it does not fit the solution any more.
    """
    files = {name: data.decode() for name, data in Submission.read(step.solution).files.items()}
    changed = mistakes.apply(mistake, files)
    return Submission({name: text.encode() for name, text in changed.items()})


def _crashed(results: Tried, check: str) -> bool:
    result = results.results[check]
    return check == "app-starts" or "the app crashed" in result.seen


def _finding(
    subject: Subject, kill: Kill, problem: str = "", checks: tuple[str, ...] = ()
) -> Finding:
    return Finding(subject.part, subject.step, subject.name, kill.value, problem, checks)
