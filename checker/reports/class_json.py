"""A class as one JSON object. Its schema is published: ``docs/schemas/class-1.json``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from checker.grading.results import ClassResults, StepGrade, Student
from checker.reports.class_figures import CheckFigures, ClassFigures, is_final

#: Raised when a key goes away or changes its meaning; a new key does not raise it.
SCHEMA = 1


def render(results: ClassResults) -> str:
    """Return the class as JSON text in ASCII, everything of every student's reports included."""
    return json.dumps(as_json(results), ensure_ascii=True) + "\n"


def as_json(results: ClassResults) -> dict[str, Any]:
    """Return the class as an object that JSON can hold."""
    figures = ClassFigures(results)
    return {
        "schema": SCHEMA,
        "kind": "class",
        "title": results.title,
        "max_score": results.maximum(),
        "steps": [{"step": step, "max_score": figures.step_points(step)} for step in results.steps],
        "checks": [_check(one) for one in figures.figures],
        "students": [_student(results, student) for student in results.students],
    }


def _check(one: CheckFigures) -> dict[str, Any]:
    return asdict(one.check) | {
        "verdicts": dict(one.verdicts),
        "pass_rate": one.pass_rate,
        "discrimination": one.discrimination,
        "held_back": one.held_back,
        "reasons": [
            {"kind": reason.kind, "text": reason.text, "students": [s.id for s in reason.students]}
            for reason in one.reasons
        ],
    }


def _student(results: ClassResults, student: Student) -> dict[str, Any]:
    grades = [results.grades.get((student.id, step)) for step in results.steps]
    return asdict(student) | {
        "score": results.total(student.id),
        "final": all(map(is_final, grades)),
        "grades": [_grade(grade) for grade in grades if grade is not None],
    }


def _grade(grade: StepGrade) -> dict[str, Any]:
    return {
        "step": grade.step,
        "final": is_final(grade),
        "graded_at": grade.graded_at,
        "seconds": grade.seconds,
        "changed": grade.changed,
        "report": dict(grade.report),
    }
