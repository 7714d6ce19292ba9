"""Grading one submission where a platform has put it."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.apps.submission import Submission
from checker.course import Step
from checker.grading.contents import Contents
from checker.grading.fingerprint import checks_digest
from checker.grading.jobs import Job
from checker.grading.refusals import Refused
from checker.grading.results import Refusal
from checker.grading.work import grade
from checker.verdicts.outcomes import Verdict


class Open(Exception):
    """The checker itself failed, so there is no mark; the text says where. Run it again."""


@dataclass(frozen=True)
class Outcome:
    """What came of a submission: a report for each step, or why it cannot be graded.

    :ivar reports: what ``check --json`` prints, by the number of the step.
    :ivar seconds: how long it took, on a clock on the wall.
    """

    reports: dict[int, dict[str, Any]]
    refusal: Refusal | None
    seconds: float


def grade_one(
    place: Path, steps: Sequence[Step], course: list[Step], *, without_jail: bool
) -> Outcome:
    """Grade the submission in a folder, by the same rules as ``grade`` does.

    :param steps: the steps to grade it in; it has a folder for each, or is one app.
    :param without_jail: grade even where there is no jail.
    :raises Open: see there.
    :raises Unfit: there is no jail here.
    :raises NotGraded: the checker failed, and failed again with everything started anew.
    """
    begin = time.monotonic()
    try:
        contents = Contents([("", place)])
        folders = contents.steps(course)
    except Refused as refused:
        return Outcome({}, refused.refusal, time.monotonic() - begin)
    reports = {}
    for step in steps:
        try:
            submission, lacks = _part(contents, step, folders.get(step.number)), None
        except Refused as refused:
            if len(steps) == 1:
                return Outcome({}, refused.refusal, time.monotonic() - begin)
            # The other steps keep their marks; this one is graded as what it is: no app.
            submission, lacks = Submission({}), refused.refusal
        job = Job(
            name=step.name,
            step=step.number,
            submission=submission,
            seed=secrets.randbits(32),
            checks=checks_digest(step, course),
            without_jail=without_jail,
        )
        reports[step.number] = report = json.loads(grade(job).report)
        if lacks is not None:
            report["notices"].append({"kind": "unread", "text": f"{lacks.what} {lacks.remedy}"})
    for number, report in reports.items():
        faults = [check["id"] for check in report["checks"] if check["verdict"] == Verdict.ERROR]
        if faults or not report["complete"]:
            raise Open(f"Step {number}: the checker itself failed at {', '.join(faults)}.")
    return Outcome(reports, None, time.monotonic() - begin)


def _part(contents: Contents, step: Step, folder: str | None) -> Submission:
    if folder is None:
        raise Refused(f"There is no folder for step {step.number}.", f"Call it {step.name}.")
    return contents.submission(folder)
