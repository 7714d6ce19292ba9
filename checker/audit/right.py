"""What is right passes: the solutions, and right apps written in other ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from checker.apps.submission import Submission
from checker.audit.findings import Finding, Subject, checkout
from checker.audit.trying import asked, course, tried
from checker.audit.workers import warm_bench
from checker.course import ROOT, Step
from checker.verdicts.outcomes import Verdict

ALTERNATIVES = ROOT / "tests" / "alternatives"
#: The one app that is not entirely right, on purpose: what it is told.
COMPLAINTS = {"laptop-credentials": {"settings-from-environment"}}


def solutions(step: Step) -> Iterator[Subject]:
    """Return a step's solution."""
    yield Subject("solutions", step.number, step.name)


def alternatives(step: Step) -> Iterator[Subject]:
    """Return the right apps of a step that are written otherwise."""
    for folder in folders(step):
        yield Subject("alternatives", step.number, folder.name)


def folders(step: Step) -> list[Path]:
    """Return where they are.

    :raises AuditError: they are not here: the package without its tests cannot be audited.
    """
    checkout(ALTERNATIVES)
    return sorted(ALTERNATIVES.glob(f"step_{step.number:02d}/*/"))


def prove(subject: Subject) -> Finding:
    """Run every check on every database; all of them have to pass."""
    step = course()[subject.step - 1]
    folder = ALTERNATIVES / f"step_{step.number:02d}" / subject.name
    if subject.part == "solutions":
        folder = step.solution
    results = tried(step.number, Submission.read(folder), warm_bench())
    complaints = COMPLAINTS.get(subject.name, set())
    others = [one for one in results.results.values() if one.verdict is not Verdict.PASSED]
    lost = tuple(one.id for one in others)
    if set(lost) == complaints and len(results.results) == len(asked(step.number)):
        outcome = "told its one fault" if complaints else "passed"
        return Finding(subject.part, subject.step, subject.name, outcome, "", lost)
    told = "; ".join(f"{one.id} ({one.verdict.value}): {one.seen}" for one in others)
    return Finding(subject.part, subject.step, subject.name, "lost points", told, lost)
