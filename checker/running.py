"""One submission, one step: from files to events."""

from __future__ import annotations

import platform
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib.metadata import version

import checker
from checker.apps.submission import Submission
from checker.course import AskedCheck, Step, checks_of, with_needs
from checker.mistakes.kills import nearest
from checker.suites.asking import ask
from checker.suites.bench import Bench
from checker.suites.judge import Question, result_of
from checker.verdicts.events import CheckFinished, Event, RunFinished, RunStarted, apply
from checker.verdicts.outcomes import CheckResult, Plan, Report, Verdict

_VERSIONS = ("Flask", "Werkzeug", "Flask-MySQLdb")


class UnknownCheck(Exception):
    """``--only`` names a check that the step does not have; the text lists those that it has."""


def run(
    step: Step,
    course: list[Step],
    submission: Submission,
    bench: Bench,
    emit: Callable[[Event], None] = lambda _event: None,
    *,
    name: str = "",
    only: Iterable[str] = (),
    seed: int | None = None,
    databases: Iterable[str] = (),
    until: Callable[[CheckResult], bool] = lambda _result: False,
) -> Report:
    """Run a step's checks and return the report; every event goes to ``emit`` as it happens.

    :param name: what the submission is called in reports.
    :param only: ids of checks to run, with what they depend on; all when empty.
    :param databases: kinds of database to run them on; all that the step has when empty.
    :param seed: repeats the names and passwords of an earlier run.
    :param until: called with every result; the first for which it is true is enough, and the run
        ends there, with a valid partial report.
    :raises UnknownCheck: see there.
    :raises KeyboardInterrupt: somebody pressed Ctrl-C; what was emitted is a valid partial report.
    """
    begin = time.monotonic()
    asked = _selected(step, checks_of(step, course), set(only))
    seed = secrets.randbits(32) if seed is None else seed
    bench.warm_up(submission)
    report: Report | None = None

    def note(event: Event) -> None:
        nonlocal report
        report = apply(report, event)
        emit(event)

    note(RunStarted(_plan(step, asked, submission, bench, name, seed, partial=bool(only))))
    assert report is not None
    previous = course[step.number - 2] if step.number > 1 else None
    kinds = tuple(kind for kind in step.databases if kind in (set(databases) or step.databases))
    question = Question(step, previous, kinds, submission, seed)
    if not ask(question, asked, bench, note, until):
        return report
    slow = [each for each in report.checks if each.verdict is Verdict.TIMEOUT and each.seconds]
    if slow and submission.digest != (reference := Submission.read(step.solution)).digest:
        for result in _with_reference_times(slow, step, course, reference, bench):
            note(CheckFinished(result))
    if (found := nearest(step.number, report.checks, submission.texts)) is not None:
        check, mistake = found
        told = f"{mistake.title}. {mistake.teaches}"
        note(CheckFinished(replace(report.results[check], mistake=told)))
    note(RunFinished(time.monotonic() - begin))
    return report


def _selected(step: Step, asked: list[AskedCheck], only: set[str]) -> list[AskedCheck]:
    """Return the checks named, those that they need, and what says where they are asked."""
    if not only:
        return asked
    known = {each.check.id: each for each in asked}
    unknown = only - known.keys()
    if unknown:
        raise UnknownCheck(
            f"There is no check {sorted(unknown)[0]!r} in this step. Its checks are: "
            + ", ".join(known)
            + "."
        )
    wanted = with_needs(asked, only)
    if any(each.since.number < step.number for each in asked if each.check.id in wanted):
        wanted |= with_needs(asked, {step.databases_by})
    return [each for each in asked if each.check.id in wanted]


def _plan(
    step: Step,
    asked: list[AskedCheck],
    submission: Submission,
    bench: Bench,
    name: str,
    seed: int,
    *,
    partial: bool,
) -> Plan:
    return Plan(
        step=step.number,
        step_name=step.name,
        title=step.title,
        submission=name,
        digest=submission.digest,
        seed=seed,
        versions={"checker": checker.__version__, "Python": platform.python_version()}
        | {package: version(package) for package in _VERSIONS},
        isolated=bench.isolated,
        checks=tuple(replace(result_of(each, Verdict.NOT_RUN), hint="") for each in asked),
        partial=partial,
    )


def _with_reference_times(
    slow: list[CheckResult],
    step: Step,
    course: list[Step],
    reference: Submission,
    bench: Bench,
) -> list[CheckResult]:
    """Try the same checks on the reference solution here and now, to compare like with like."""
    report = run(step, course, reference, bench, only=[result.id for result in slow])
    seconds = {result.id: result.seconds for result in report.checks}
    return [replace(result, reference_seconds=seconds[result.id]) for result in slow]
