"""Gradescope's ``results.json``.

The fields are those of its autograder specification (gradescope-autograders.readthedocs.io,
"Output format").
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from checker.grading.results import Refusal
from checker.reports.printable import printable
from checker.reports.told import told
from checker.reports.visibility import visibility_of
from checker.verdicts.outcomes import SCORING

_LONGEST = 20_000


def render(reports: Mapping[int, Mapping[str, Any]], seconds: float) -> str:
    """Return ``results.json`` for what ``check --json`` says of one or more steps.

    The total is the sum over the tests. What a hidden check found is for the instructor alone.

    :param reports: by the number of the step.
    :param seconds: how long it all took.
    """
    return _text(
        {
            "execution_time": round(seconds, 3),
            "output": _summary(list(reports.values())),
            "output_format": "text",
            "test_output_format": "text",
            "test_name_format": "text",
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "tests": [
                {
                    "name": printable(check["title"], 300),
                    "number": f"{step}.{number}",
                    "score": check["points"],
                    "max_score": check["max_points"],
                    "status": "passed" if check["verdict"] in SCORING else "failed",
                    "output": printable(told(check), _LONGEST),
                    "tags": [f"step {step}", check["verdict"]],
                    "visibility": visibility_of(check).value,
                    "extra_data": {"id": check["id"], "verdict": check["verdict"]},
                }
                for step, report in reports.items()
                for number, check in enumerate(report["checks"], 1)
            ],
            "extra_data": {
                str(step): {key: report[key] for key in ("submission", "versions", "seed")}
                for step, report in reports.items()
            },
        }
    )


def refused(refusal: Refusal, seconds: float) -> str:
    """Return ``results.json`` for a submission that cannot be graded: no points, and why."""
    return _text(
        {
            "score": 0,
            "execution_time": round(seconds, 3),
            "output": printable(f"{refusal.what}\n{refusal.remedy}", _LONGEST),
            "output_format": "text",
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "tests": [],
        }
    )


def _summary(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return what concerns the whole submission. No points: hidden checks are in them."""
    lines = [printable(notice["text"], 400) for report in reports for notice in report["notices"]]
    if any(not report["isolated"] for report in reports):
        lines.append("The app ran without a jail.")
    lines.append("Begin with the first test that failed: later ones may depend on it.")
    return "\n".join(lines)


def _text(results: Mapping[str, Any]) -> str:
    return json.dumps(results, ensure_ascii=True, indent=2) + "\n"
