"""The kill matrix: which checks fail at which catalogued mistake.

``matrix.json`` holds it, as the last ``audit --write`` found it: for every mistake (``step/id``)
the checks that failed. It is tried on a step's first database, or on all where that one shows
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from checker import mistakes
from checker.audit import catalogue
from checker.audit.findings import Finding, Subject
from checker.audit.trying import CAUGHT, course, tried
from checker.audit.workers import warm_bench
from checker.course import Step
from checker.mistakes import MistakeError

FILE = Path(__file__).with_name("matrix.json")

Matrix = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Worth:
    """What one check catches.

    :ivar kills: the mistakes at which it fails, ``step/id``.
    :ivar alone: those of them that no other check catches.
    """

    check: str
    kills: tuple[str, ...]
    alone: tuple[str, ...]

    @property
    def redundant(self) -> bool:
        """Whether everything that it catches is caught by others too."""
        return not self.alone


def subjects(step: Step) -> Iterator[Subject]:
    """Return the mistakes of a step."""
    for mistake in mistakes.load(step.number):
        yield Subject("matrix", step.number, mistake.id)


def prove(subject: Subject) -> Finding:
    """Run every check against a mistake."""
    step = course()[subject.step - 1]
    try:
        wrong = catalogue.mistaken(step, catalogue.named(subject))
    except MistakeError as error:
        return Finding("matrix", subject.step, subject.name, "out of date", str(error))
    failed: tuple[str, ...] = ()
    for databases in (step.databases[:1], step.databases):
        if not failed:
            results = tried(step.number, wrong, warm_bench(), databases=databases)
            failed = results.ended(*CAUGHT)
    problem = "" if failed else "no check fails"
    outcome = "failed" if failed else "survived"
    return Finding("matrix", subject.step, subject.name, outcome, problem, failed)


def of(findings: Iterable[Finding]) -> Matrix:
    """Return the matrix that findings of this part make up."""
    return {
        f"{finding.step}/{finding.name}": finding.checks
        for finding in findings
        if finding.part == "matrix"
    }


def worth(matrix: Matrix, checks: Iterable[str]) -> list[Worth]:
    """Return what each check catches, in the order of the checks."""
    found = []
    for check in checks:
        kills = tuple(mistake for mistake, failed in matrix.items() if check in failed)
        alone = tuple(mistake for mistake in kills if matrix[mistake] == (check,))
        found.append(Worth(check, kills, alone))
    return found


def recorded() -> Matrix:
    """Return the matrix on record; empty if there is none."""
    if not FILE.exists():
        return {}
    said: dict[str, list[str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return {mistake: tuple(failed) for mistake, failed in said.items()}


def record(matrix: Matrix) -> None:
    """Put a matrix on record, the mistakes of other steps kept as they are."""
    steps = {mistake.partition("/")[0] for mistake in matrix}
    kept = {key: value for key, value in recorded().items() if key.partition("/")[0] not in steps}
    lines = [
        f" {json.dumps(mistake)}: {json.dumps(failed)}"
        for mistake, failed in sorted((kept | dict(matrix)).items())
    ]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
