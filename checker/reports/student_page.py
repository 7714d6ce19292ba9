"""What one student may see of their grades: one page, to be handed to that student alone.

It says what ``check --all`` says, of this student and nobody else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from checker.grading.results import ClassResults, StepGrade, Student
from checker.reports.pages import page
from checker.reports.visibility import may_see
from checker.verdicts.outcomes import SCORING, Verdict

#: What is explained in full; the rest is a line each.
_EXPLAINED = (Verdict.FAILED, Verdict.TIMEOUT, Verdict.ERROR, Verdict.FLAKY)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
#: Names that mean a device on Windows, whatever follows the dot.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def render(
    results: ClassResults,
    student: Student,
    titles: Mapping[int, str],
    *,
    after_due_date: bool = False,
) -> str:
    """Return a student's page.

    :param titles: the titles of the steps, by number.
    :param after_due_date: show what may be seen only once the due date has passed.
    """
    shown = [
        _step(step, results.grades.get((student.id, step)), titles.get(step, ""), after_due_date)
        for step in results.steps
    ]
    return page(
        "student.html",
        title=results.title,
        student=student,
        steps=shown,
        score=sum(step["score"] for step in shown),
        max_score=sum(step["max_score"] for step in shown),
        graded=any(step["grade"] for step in shown),
        unseen=sum(step["unseen"] for step in shown),
    )


def file_names(results: ClassResults) -> dict[str, str]:
    """Return the file name of every student's page by the student's id.

    A plain id is its own name; any other, and one that differs from another in case only, gets a
    name that is safe on every system and stays the same from run to run.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for student in results.students:
        name = student.id
        if not _PLAIN_NAME.fullmatch(name) or _DEVICES.match(name) or name.endswith("."):
            name = _made_up(student.id)
        if name.casefold() in taken:
            name = _made_up(student.id)
        taken.add(name.casefold())
        names[student.id] = f"{name}.html"
    return names


def anchor(step: int, check: str) -> str:
    """Return where on a student's page a check is."""
    return f"step-{step}-{check}"


def _made_up(identity: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9]+", "-", identity).strip("-")[:40] or "student"
    digest = hashlib.sha256(identity.encode(errors="surrogatepass")).hexdigest()
    return f"{plain}-{digest[:12]}"


def _step(
    number: int, grade: StepGrade | None, title: str, after_due_date: bool
) -> dict[str, object]:
    """Return what the template shows of a step; points count visible checks only."""
    step: dict[str, Any] = {"number": number, "title": title, "grade": grade}
    checks = grade.report["checks"] if grade is not None else []
    seen = [check for check in checks if may_see(check, after_due_date=after_due_date)]
    told = [check for check in seen if check["verdict"] in _EXPLAINED]
    rest = [check for check in seen if check["verdict"] not in _EXPLAINED]
    return step | {
        "score": sum(check["points"] for check in seen),
        "max_score": sum(c["max_points"] for c in seen if c["verdict"] != Verdict.ERROR),
        "open": sum(c["max_points"] for c in seen if c["verdict"] == Verdict.ERROR),
        "unseen": len(checks) - len(seen),
        "told": told,
        "rest": rest,
        "passed": [check for check in seen if check["verdict"] in SCORING],
        "checks": seen,
        "anchors": {check["id"]: anchor(number, check["id"]) for check in seen},
    }
