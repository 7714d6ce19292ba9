"""What a graded class is: students, and a report for each of their steps.

This is all that reports and exports read; `checker/grading/store.py` makes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Refusal:
    """Why a submission was not graded at all: a zip bomb, a name that leads outside, no app."""

    what: str
    """One sentence, for the instructor and the student."""
    remedy: str
    """What to do about it."""


@dataclass(frozen=True)
class Student:
    """One submission of a class, and whose it is."""

    id: str
    """From the roster, or the submission's name: unique in the class, and the same in every run."""
    name: str
    group: str
    """The empty string when there is none."""
    source: str
    """The name of the folder or the zip, relative to the folder of submissions."""
    refusal: Refusal | None = None


@dataclass(frozen=True)
class StepGrade:
    """What one student got for one step."""

    student: str
    """The student's id."""
    step: int
    report: Mapping[str, Any]
    """Exactly the object that `check N --json` prints (checker/reports/json_report.py)."""
    seconds: float
    """The time that grading it took, on a clock on the wall."""
    graded_at: str
    """ISO 8601, in UTC."""
    changed: str = ""
    """Why this grade differs from an earlier one ("the submission changed"), "" if it does not."""


@dataclass(frozen=True)
class ClassResults:
    """A class, as far as it has been graded."""

    title: str
    steps: tuple[int, ...]
    students: tuple[Student, ...]
    grades: Mapping[tuple[str, int], StepGrade]
    """By student's id and step. What is missing was not graded, or not yet."""

    def total(self, student: str) -> float:
        """The sum of a student's points over all steps; a step without a grade adds nothing."""
        grades = (self.grades.get((student, step)) for step in self.steps)
        return float(sum(grade.report["score"] for grade in grades if grade is not None))

    def maximum(self) -> float:
        """The points that a student can get over all steps.

        A step has 100, and what the instructor's own checks add to it.
        """
        points = dict.fromkeys(self.steps, 100)
        for grade in self.grades.values():
            whole = sum(check["max_points"] for check in grade.report["checks"])
            points[grade.step] = max(points[grade.step], whole)
        return float(sum(points.values()))
