"""GitHub Classroom's result of a grader, and classroom50's ``result.json``.

A grader of GitHub Classroom hands its result to the reporter
(``classroom-resources/autograding-grading-reporter``) as base64 of a JSON object. The reporter adds
up ``max_score`` and every test's ``score``, and stops without them. The form of classroom50 is
described in its wiki, "Advanced Autograding".
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from checker.grading.results import Refusal
from checker.reports.printable import printable
from checker.reports.told import told
from checker.verdicts.outcomes import SCORING, Verdict

_LOCATION = re.compile(r"(?P<file>.+\.py) line (?P<line>\d{1,7})")
#: A job's outputs may have a megabyte, in UTF-16 (docs.github.com, "Passing information between
#: jobs"); base64 adds a third.
_LONGEST = 4_000
_STATUS = {Verdict.ERROR: "error", Verdict.NOT_RUN: "error"}


def encoded(result: Mapping[str, Any]) -> str:
    """Return a result as a step's output holds it: base64 of JSON, one line of ASCII."""
    return base64.b64encode(json.dumps(result, ensure_ascii=True).encode()).decode()


def result(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return GitHub Classroom's result for what ``check --json`` says of a step."""
    fault = not report["complete"] or any(c["verdict"] in _STATUS for c in report["checks"])
    whole: dict[str, Any] = {
        "version": 1,
        "status": "error" if fault else "pass" if report["passed"] else "fail",
        "max_score": report["max_score"],
        "tests": [_test(check) for check in report["checks"]],
    }
    if fault:
        whole["message"] = "The checker failed at some checks. Run the job again."
    return whole


def refused(refusal: Refusal, max_score: int) -> dict[str, Any]:
    """Return GitHub Classroom's result for a submission that cannot be graded: no points."""
    message = f"{refusal.what} {refusal.remedy}"
    test = _named("The submission can be graded.", "fail", 0, message)
    return {"version": 1, "status": "fail", "max_score": max_score, "tests": [test]}


def failed(why: str) -> dict[str, Any]:
    """Return GitHub Classroom's result where the checker itself failed: the points stay open."""
    message = printable(f"The checker itself failed; run the job again. {why}", _LONGEST)
    return {"version": 1, "status": "error", "max_score": 0, "message": message, "tests": []}


def classroom50(
    report: Mapping[str, Any],
    environment: Mapping[str, str],
    *,
    submitted_at: str,
    graded_at: str,
) -> dict[str, Any]:
    """Return classroom50's ``result.json`` for what ``check --json`` says of a step.

    :param environment: what its runner sets: ``CLASSROOM``, ``ASSIGNMENT``, ``SUBMISSION_TAG`` …
    :param submitted_at: when the commit was made, ISO 8601 in UTC; a new grading keeps it.
    :param graded_at: now, in the same form.
    """
    tests = [
        {
            "test-name": check["id"],
            "passed": check["verdict"] in SCORING,
            "score": check["points"],
            "max-score": check["max_points"],
            "title": printable(check["title"], 300),
            "verdict": check["verdict"],
            "message": printable(told(check), _LONGEST),
        }
        for check in report["checks"]
    ]
    return _identity(environment, submitted_at, graded_at) | {
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }


def classroom50_refused(
    refusal: Refusal,
    max_score: int,
    environment: Mapping[str, str],
    *,
    submitted_at: str,
    graded_at: str,
) -> dict[str, Any]:
    """Return classroom50's ``result.json`` for a submission that cannot be graded."""
    text = printable(f"{refusal.what} {refusal.remedy}", _LONGEST)
    test = {"test-name": "submission", "passed": False, "score": 0, "max-score": max_score}
    return _identity(environment, submitted_at, graded_at) | {
        "score": 0,
        "max-score": max_score,
        "tests": [test | {"message": text}],
    }


def _identity(environment: Mapping[str, str], submitted_at: str, graded_at: str) -> dict[str, Any]:
    commit = environment["COMMIT_URL"]
    return {
        "schema": "classroom50/result/v1",
        "classroom": environment["CLASSROOM"],
        "assignment": environment["ASSIGNMENT"],
        "assignment_type": environment.get("ASSIGNMENT_TYPE") or "individual",
        "owner": environment.get("OWNER") or environment.get("USERNAME", ""),
        "submission": environment["SUBMISSION_TAG"],
        "commit": commit,
        "release": environment["RELEASE_URL"],
        "review": environment.get("REVIEW_URL") or commit,
        "datetime": submitted_at,
        "graded_at": graded_at,
    }


def _test(check: Mapping[str, Any]) -> dict[str, Any]:
    status = "pass" if check["verdict"] in SCORING else _STATUS.get(check["verdict"], "fail")
    test = _named(check["title"], status, check["points"], told(check))
    found = _LOCATION.search(check["location"])
    if found is not None:
        test |= {"filename": printable(found["file"], 200), "line_no": int(found["line"])}
    return test | {"duration": round(check["seconds"], 3)}


def _named(name: str, status: str, score: int, message: str) -> dict[str, Any]:
    return {
        "name": printable(name, 300),
        "status": status,
        "score": score,
        "message": printable(message, _LONGEST),
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": 0.0,
    }
