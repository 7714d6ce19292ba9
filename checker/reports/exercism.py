"""Exercism's ``results.json``, version 3 (exercism/docs, "The Test Runner Interface")."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from checker.grading.results import Refusal
from checker.reports.printable import printable
from checker.reports.told import told
from checker.verdicts.outcomes import SCORING, Verdict

#: What the site takes of a message at the top.
_LONGEST = 65_000
_STATUS = {Verdict.ERROR: "error", Verdict.NOT_RUN: "error"}


def render(report: Mapping[str, Any]) -> str:
    """Return ``results.json`` for what ``check --json`` says of a step.

    A test's code is what was done, told as a person would. Its task is the section of the lesson
    that the check belongs to, numbered as :func:`tasks` does.
    """
    numbers = {lesson: number for number, lesson in enumerate(tasks(report["checks"]), 1)}
    fault = not report["complete"] or any(c["verdict"] in _STATUS for c in report["checks"])
    return _text(
        {
            "version": 3,
            "status": "error" if fault else "pass" if report["passed"] else "fail",
            "message": "The checker failed at some checks. Try again." if fault else None,
            "tests": [
                {
                    "name": printable(check["title"], 300),
                    "test_code": printable("\n".join([check["title"], *check["steps"]]), 4_000),
                    "status": "pass"
                    if check["verdict"] in SCORING
                    else _STATUS.get(check["verdict"], "fail"),
                    "message": printable(told(check), _LONGEST) or None,
                    "task_id": numbers[check["lesson"]],
                }
                for check in report["checks"]
            ],
        }
    )


def refused(refusal: Refusal) -> str:
    """Return ``results.json`` for a submission that cannot be graded."""
    return failed(f"{refusal.what}\n{refusal.remedy}")


def failed(why: str) -> str:
    """Return ``results.json`` where nothing could be tested."""
    message = printable(why, _LONGEST)
    return _text({"version": 3, "status": "error", "message": message, "tests": []})


def tasks(checks: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the sections of lessons that checks belong to, each once, in the checks' order."""
    return list(dict.fromkeys(check["lesson"] for check in checks))


def _text(results: Mapping[str, Any]) -> str:
    return json.dumps(results, ensure_ascii=True, indent=2) + "\n"
