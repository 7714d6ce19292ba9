"""What an audit tries, and what comes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

#: At least this part of the automatic mutants about security has to be killed, not explained.
WANTED_RATE = 0.95
#: Outcomes that have other words when there are several.
_OF_SEVERAL = {"does not start": "do not start"}


class AuditError(Exception):
    """The audit cannot be run; the text says why and what to do."""


@dataclass(frozen=True)
class Subject:
    """Something to try.

    :ivar part: the proof that it belongs to, see :mod:`checker.audit.parts`.
    :ivar name: stable; one of its part and step.
    :ivar files: the app, where it is not found by its name.
    :ivar checks: what to ask first.
    """

    part: str
    step: int
    name: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What came of one subject.

    :ivar outcome: one or two words, to be counted.
    :ivar problem: why the audit fails by it; empty when it is as it should be.
    :ivar checks: the checks that made the outcome.
    :ivar seen: what the check that is meant for a mistake saw; it does not count as the outcome.
    """

    part: str
    step: int
    name: str
    outcome: str
    problem: str = ""
    checks: tuple[str, ...] = ()
    seen: str = field(default="", compare=False)


@dataclass(frozen=True)
class Flakes:
    """How often the same thing ended differently when it was tried again.

    :ivar tried: how many outcomes were compared with the first.
    """

    rounds: int
    tried: int
    differing: tuple[str, ...]

    @property
    def rate(self) -> float:
        """The part of the outcomes that differed."""
        return len(self.differing) / self.tried if self.tried else 0.0


def compared(rounds: Sequence[Iterable[Finding]]) -> Flakes:
    """Compare the findings of several rounds over the same subjects with the first round's."""
    first = {key(finding): finding for finding in rounds[0]}
    differing = []
    tried = 0
    for number, later in enumerate(rounds[1:], start=2):
        for finding in later:
            tried += 1
            before = first[key(finding)]
            if replace(finding, problem="") != replace(before, problem=""):
                differing.append(
                    f"{finding.part}, step {finding.step}, {finding.name}: "
                    f"{_told(before)} in round 1, {_told(finding)} in round {number}"
                )
    return Flakes(len(rounds), tried, tuple(differing))


def counts(findings: Iterable[Finding]) -> dict[str, dict[str, Counter[str]]]:
    """Count outcomes by step (``"1"`` …) and part."""
    counted: dict[str, dict[str, Counter[str]]] = {}
    for finding in findings:
        of_step = counted.setdefault(str(finding.step), {})
        of_step.setdefault(finding.part, Counter())[finding.outcome] += 1
    return counted


def told(outcomes: Mapping[str, int]) -> str:
    """Return how often there was which outcome, the most frequent first."""
    ordered = sorted(outcomes.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(
        f"{number} {outcome if number == 1 else _OF_SEVERAL.get(outcome, outcome)}"
        for outcome, number in ordered
    )


def kill_rate(outcomes: Mapping[str, int]) -> float | None:
    """Return the part of automatic mutants that checks killed; ``None`` if there are none.

    A mutant that does not even start says nothing about the checks: it does not count.
    """
    killed = outcomes.get("killed", 0)
    all_of_them = killed + outcomes.get("survived", 0) + outcomes.get("explained", 0)
    return killed / all_of_them if all_of_them else None


def total(counted: Mapping[str, Mapping[str, Mapping[str, int]]]) -> dict[str, Counter[str]]:
    """Add up all steps, by part."""
    summed: dict[str, Counter[str]] = {}
    for of_step in counted.values():
        for part, outcomes in of_step.items():
            summed.setdefault(part, Counter()).update(outcomes)
    return summed


def problems(findings: Iterable[Finding], flakes: Flakes | None) -> list[str]:
    """Return everything that makes an audit fail, one sentence each."""
    findings = list(findings)
    found = [
        f"{finding.part}, step {finding.step}, {finding.name}: {finding.problem}"
        for finding in findings
        if finding.problem
    ]
    rate = kill_rate(total(counts(findings)).get("security", {}))
    if rate is not None and rate < WANTED_RATE:
        found.append(f"Only {rate:.1%} of the automatic security mutants are killed.")
    return found + [f"flaky: {each}" for each in (flakes.differing if flakes else ())]


def as_json(findings: Iterable[Finding], flakes: Flakes | None, seconds: float) -> dict[str, Any]:
    """Return the whole audit as plain data."""
    findings = list(findings)
    wrong = problems(findings, flakes)
    return {
        "schema": 1,
        "passed": not wrong,
        "problems": wrong,
        "counts": counts(findings),
        "total": total(counts(findings)),
        "flakes": None
        if flakes is None
        else {"rounds": flakes.rounds, "compared": flakes.tried, "rate": flakes.rate},
        "findings": [
            {
                "part": finding.part,
                "step": finding.step,
                "name": finding.name,
                "outcome": finding.outcome,
                "checks": list(finding.checks),
            }
            for finding in findings
        ],
        "seconds": round(seconds, 1),
    }


def checkout(folder: Path) -> None:
    """Expect a folder that is kept beside the package, in a clone of the project.

    :raises AuditError: it is missing, and with it what an audit tries.
    """
    if not folder.is_dir():
        raise AuditError(f"{folder} is missing. An audit needs a clone of the whole project.")


def key(one: Finding | Subject) -> tuple[str, int, str]:
    """Return by what a subject and its findings belong together."""
    return one.part, one.step, one.name


def _told(finding: Finding) -> str:
    return finding.outcome + (f" ({', '.join(finding.checks)})" if finding.checks else "")
