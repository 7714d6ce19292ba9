"""``checks``: an instructor's own checks, tried on the reference solutions before a class is."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.table import Table

from checker.apps.submission import Submission
from checker.commands.files import STARTERS
from checker.commands.workshop import FAILED, PASSED, Misuse, Workshop, shown
from checker.course import Step
from checker.own_checks import ANNOUNCEMENT, OwnCheckError, added, announcement, read
from checker.reports.printable import printable
from checker.running import run
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Report, Verdict


def own_checks(options: argparse.Namespace) -> int:
    """Try a folder of own checks: each should pass on the solution, and say something besides."""
    workshop = Workshop.open()
    course = with_own_checks(workshop.course, options.folder)
    table = Table("check", "step", "points", "students see it", "solution", "starter", box=None)
    wrong: list[str] = []
    with workshop.bench() as bench:
        for step in course:
            if not step.own:
                continue
            ids = [own.check.id for own in step.own]
            solution = _asked(step, course, step.solution, bench, ids)
            starter = _asked(step, course, STARTERS / step.name, bench, ids)
            for own in step.own:
                name = own.check.id
                verdict = solution.results[name]
                table.add_row(
                    name,
                    str(step.number),
                    str(own.points),
                    own.visibility.replace("_", " "),
                    verdict.verdict.value,
                    starter.results[name].verdict.value,
                )
                if verdict.verdict is not Verdict.PASSED:
                    why = verdict.seen or f"It waits for {verdict.blocked_by}."
                    wrong.append(f"{name}: the solution of step {step.number} fails it. {why}")
    console = workshop.console
    console.print(table)
    for sentence in wrong:
        console.print(printable(sentence), style="red")
    if wrong:
        console.print("A right app must not fail. Mend these checks first.")
        return FAILED
    if options.announce:
        ANNOUNCEMENT.write_text(announcement(course), "utf-8")
        console.print(f"Give {shown(ANNOUNCEMENT)} to your students: it holds the numbers alone.")
    return PASSED


def with_own_checks(course: list[Step], folder: str | None) -> list[Step]:
    """Return the course with the checks of a folder added; as it is when there is none.

    :raises Misuse: they cannot be used.
    """
    try:
        return added(course, read(Path(folder))) if folder is not None else course
    except OwnCheckError as error:
        raise Misuse(str(error)) from None


def _asked(step: Step, course: list[Step], folder: Path, bench: Bench, ids: list[str]) -> Report:
    return run(step, course, Submission.read(folder), bench, only=ids)
