"""Mutants made by rule are killed by some check, or explained in ``equivalent.toml``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from checker.apps.submission import Submission
from checker.audit.explained import equivalents
from checker.audit.findings import Finding, Subject
from checker.audit.operators import Mutant, mutants_of
from checker.audit.trying import asked, course, tried
from checker.audit.workers import warm_bench
from checker.course import STATE, Step

#: Which checks killed a mutant the last time, in whatever step: asked first, so that an audit that
#: is repeated is quick, and that what steps share is soon seen to be wrong in all of them.
CACHE = STATE / "audit" / "killers.json"
_STARTS = "app-starts"
KILLED, SURVIVED, EXPLAINED, STILLBORN = "killed", "survived", "explained", "does not start"


def security_subjects(step: Step) -> Iterator[Subject]:
    """Return the mutants of a step's solution that are about security."""
    return _subjects(step, security=True)


def ordinary_subjects(step: Step) -> Iterator[Subject]:
    """Return the other ones."""
    return _subjects(step, security=False)


def prove(subject: Subject) -> Finding:
    """Look for a check that fails: those about the same thing first, on one database first."""
    if not subject.files:
        return _finding(subject, EXPLAINED)
    step = course()[subject.step - 1]
    mutant = Submission(dict(subject.files))
    first = [check for check in subject.checks if check in asked(step.number)]
    tries: list[tuple[list[str], tuple[str, ...]]] = [([], step.databases[:1])]
    if first:
        tries.insert(0, (first, step.databases[:1]))
    tries += [([], (database,)) for database in step.databases[1:]]
    for only, databases in tries:
        results = tried(
            step.number, mutant, warm_bench(), only=only, databases=databases, until_caught=True
        )
        if results.caught_by == _STARTS:
            return _finding(subject, STILLBORN)
        if results.caught_by:
            return _finding(subject, KILLED, checks=(results.caught_by,))
    return _finding(subject, SURVIVED, "no check fails")


def mutants(step: Step) -> list[Mutant]:
    """Return every automatic mutant of a step's solution."""
    return _mutants(step.solution)


@cache
def _mutants(solution: Path) -> list[Mutant]:
    return mutants_of(Submission.read(solution).texts)


def remember(findings: Iterable[Finding]) -> None:
    """Keep which check killed what."""
    known = {name: list(checks) for name, checks in _killers().items()}
    for finding in findings:
        if finding.outcome == KILLED:
            checks = known.setdefault(_without_file(finding.name), [])
            checks += [check for check in finding.checks if check not in checks]
    CACHE.parent.mkdir(parents=True, exist_ok=True)
    CACHE.write_text(json.dumps(known, indent=0), encoding="utf-8")
    _killers.cache_clear()


def _subjects(step: Step, *, security: bool) -> Iterator[Subject]:
    files = Submission.read(step.solution).files
    for mutant in mutants(step):
        if mutant.operator.security is not security:
            continue
        part = "security" if security else "ordinary"
        name = name_of(mutant)
        if any(equivalent.covers(mutant, step.number) for equivalent in equivalents()):
            yield Subject(part, step.number, name)
            continue
        first = _killers().get(_without_file(name)) or mutant.operator.about
        changed = files | {mutant.file: mutant.text.encode()}
        yield Subject(part, step.number, name, changed, tuple(first))


def name_of(mutant: Mutant) -> str:
    """Return what tells a mutant from all others of its solution."""
    return f"{mutant}" + (f" (place {mutant.number})" if mutant.number > 1 else "")


def _without_file(name: str) -> str:
    """Return a mutant's name without its file: what steps share may be in another one."""
    operator, _, rest = name.partition(", ")
    return f"{operator}, {rest.partition('.')[2]}"


@cache
def _killers() -> Mapping[str, list[str]]:
    if not CACHE.exists():
        return {}
    said: dict[str, list[str]] = json.loads(CACHE.read_text(encoding="utf-8"))
    return said


def _finding(
    subject: Subject, outcome: str, problem: str = "", checks: tuple[str, ...] = ()
) -> Finding:
    return Finding(subject.part, subject.step, subject.name, outcome, problem, checks)
