"""What a graded class says about its checks: who failed which, why, and how well each tells apart.

Two figures describe a check. The *pass rate* is the share of the judged students who got its
points. The *discrimination* says whether those who pass it also do well in the rest of the step:
it is the corrected item-total correlation, which is the point-biserial correlation of passing
(1 or 0) with the points of the other checks of the step (Henrysson, "Correction of item-total
correlations in item analysis", Psychometrika 28, 1963). It lies between -1 and 1. Students for
whom the check could not be tried are left out of it, as items not reached are: they would say
something about the check that they failed instead.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from checker.grading.results import ClassResults, StepGrade, Student
from checker.mistakes.kills import told
from checker.reports.visibility import visibility_of
from checker.verdicts.outcomes import SCORING, Verdict, Visibility

#: Points of a step whose checks are not known because nobody was graded.
STEP_POINTS = 100
#: With fewer students a correlation is chance, and a figure would only mislead.
ENOUGH_STUDENTS = 10

_LOST = (Verdict.FAILED, Verdict.TIMEOUT)
#: Not judged: no fault of the student's, so these count neither way.
_OPEN = (Verdict.ERROR, Verdict.NOT_RUN)


@dataclass(frozen=True)
class Check:
    """A column of the class: one check of one step.

    :ivar since: the step that introduced it.
    """

    step: int
    id: str
    title: str
    max_points: int
    since: int
    lesson: str
    visibility: Visibility


@dataclass(frozen=True)
class Reason:
    """Why some students failed a check.

    :ivar kind: ``mistake`` (a catalogued one), ``cause`` (a diagnosed one), ``seen`` (neither: what
        was seen, in the words of the check).
    """

    kind: str
    text: str
    students: tuple[Student, ...]


@dataclass(frozen=True)
class CheckFigures:
    """A check over the whole class.

    :ivar verdicts: how many students ended in which way; only ways that occur.
    :ivar pass_rate: between 0 and 1, over those who were judged; ``None`` where nobody was.
    :ivar discrimination: see the top of this file; ``None`` where there are fewer than
        :data:`ENOUGH_STUDENTS`, or where all students or all other points are alike.
    :ivar reasons: the most frequent first.
    :ivar held_back: checks that could not be tried because this one failed, over all students.
    """

    check: Check
    verdicts: Mapping[str, int]
    pass_rate: float | None
    discrimination: float | None
    reasons: tuple[Reason, ...]
    held_back: int

    @property
    def judged(self) -> int:
        """How many students it says something about."""
        return sum(n for verdict, n in self.verdicts.items() if Verdict(verdict) not in _OPEN)

    @property
    def lost(self) -> int:
        """How many failed it or ran out of time; those who waited for another are not counted."""
        return sum(self.verdicts.get(verdict, 0) for verdict in _LOST)


class ClassFigures:
    """The checks of a class with their figures, made once and read by several reports."""

    def __init__(self, results: ClassResults) -> None:
        self.results = results

    @cached_property
    def checks(self) -> dict[int, tuple[Check, ...]]:
        """The checks of every step in their order, as far as a report names them."""
        found: dict[int, dict[str, Check]] = {step: {} for step in self.results.steps}
        for grade in self._grades():
            for check in grade.report["checks"]:
                if check["id"] not in found[grade.step]:
                    found[grade.step][check["id"]] = _column(grade.step, check)
        return {step: tuple(columns.values()) for step, columns in found.items()}

    @cached_property
    def figures(self) -> tuple[CheckFigures, ...]:
        """Every check's figures, in the order of the steps and of their checks."""
        return tuple(
            figures for step in self.results.steps for figures in self._figures_of_step(step)
        )

    def step_points(self, step: int) -> int:
        """The points that a step is worth."""
        return sum(check.max_points for check in self.checks[step]) or STEP_POINTS

    def most_failed(self, most: int = 10) -> list[CheckFigures]:
        """The checks that cost most students their points, the worst first."""
        failed = [figures for figures in self.figures if figures.lost]
        return sorted(failed, key=lambda f: (-f.lost, -f.held_back))[:most]

    def _grades(self) -> Iterator[StepGrade]:
        for student in self.results.students:
            for step in self.results.steps:
                if (grade := self.results.grades.get((student.id, step))) is not None:
                    yield grade

    def _figures_of_step(self, step: int) -> Iterator[CheckFigures]:
        graded = [
            (student, grade.report, {check["id"]: check for check in grade.report["checks"]})
            for student in self.results.students
            if (grade := self.results.grades.get((student.id, step))) is not None
        ]
        waiting = Counter(
            check["blocked_by"]
            for _, report, _ in graded
            for check in report["checks"]
            if check["verdict"] == Verdict.BLOCKED
        )
        for column in self.checks[step]:
            had = [
                (student, report, checks[column.id])
                for student, report, checks in graded
                if column.id in checks
            ]
            judged = [(report, one) for _, report, one in had if one["verdict"] not in _OPEN]
            passed = [one["verdict"] in SCORING for _, one in judged]
            tried = [(r, one) for r, one in judged if one["verdict"] != Verdict.BLOCKED]
            yield CheckFigures(
                check=column,
                verdicts=Counter(one["verdict"] for _, _, one in had),
                pass_rate=sum(passed) / len(passed) if passed else None,
                discrimination=_correlation(
                    [one["verdict"] in SCORING for _, one in tried],
                    [report["score"] - one["points"] for report, one in tried],
                ),
                reasons=_reasons([(student, one) for student, _, one in had]),
                held_back=waiting[column.id],
            )


def is_final(grade: StepGrade | None) -> bool:
    """Tell whether a grade may go into a gradebook: every check was asked for and judged."""
    if grade is None or not grade.report["complete"] or grade.report["partial"]:
        return False
    return all(check["verdict"] not in _OPEN for check in grade.report["checks"])


def _column(step: int, check: Mapping[str, Any]) -> Check:
    return Check(
        step=step,
        id=check["id"],
        title=check["title"],
        max_points=check["max_points"],
        since=check["since"],
        lesson=check["lesson"],
        visibility=visibility_of(check),
    )


def _correlation(passed: Sequence[bool], rest: Sequence[int]) -> float | None:
    if len(passed) < ENOUGH_STUDENTS or len(set(passed)) == 1 or len(set(rest)) == 1:
        return None
    # Rounded, because a perfect correlation may come out a little above 1.
    return round(statistics.correlation([float(one) for one in passed], rest), 6)


def _reasons(had: Sequence[tuple[Student, Mapping[str, Any]]]) -> tuple[Reason, ...]:
    """Put those who failed a check together by why they did."""
    groups: dict[tuple[str, str], list[Student]] = {}
    words: dict[tuple[str, str], str] = {}
    for student, check in had:
        if check["verdict"] not in _LOST:
            continue
        kind, key, text = _reason(check)
        groups.setdefault((kind, key), []).append(student)
        words.setdefault((kind, key), text)
    ordered = sorted(groups, key=lambda group: -len(groups[group]))
    return tuple(Reason(group[0], words[group], tuple(groups[group])) for group in ordered)


def _reason(check: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the kind of reason, what makes two of them the same, and its words."""
    if check["mistake"]:
        return "mistake", check["mistake"], check["mistake"]
    if check["cause"] is not None:
        return "cause", check["cause"]["id"], check["cause"]["title"]
    return "seen", told(check["seen"]), check["seen"]
