"""A run as one JSON object: the form that other programs read."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from checker.verdicts.outcomes import SCHEMA, CheckResult, Report


def as_json(report: Report) -> dict[str, Any]:
    """Return what ``--json`` prints. Its schema: ``docs/schemas/check-1.json``."""
    plan = report.plan
    return {
        "schema": SCHEMA,
        "step": plan.step_name,
        "submission": {"name": plan.submission, "digest": plan.digest},
        "score": report.score,
        "max_score": report.max_score,
        "complete": report.finished,
        "partial": plan.partial,
        "passed": report.passed,
        "counts": report.counts,
        "checks": [_check(result) for result in report.checks],
        "notices": [asdict(notice) for notice in report.notices],
        "versions": plan.versions,
        "isolated": plan.isolated,
        "seed": plan.seed,
        "seconds": round(report.seconds, 3),
    }


def _check(result: CheckResult) -> dict[str, Any]:
    fields = asdict(result) | {"verdict": result.verdict.value, "location": result.location}
    fields["seconds"] = round(result.seconds, 4)
    return fields
