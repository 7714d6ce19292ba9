"""One append-only stream of events a run; every report is a fold of it.

An event is one line of JSON with the key ``event``. A stream that stops anywhere is a valid
partial report: what did not come to be is ``not run``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, TextIO, assert_never

from checker.verdicts.outcomes import (
    SCHEMA,
    Cause,
    CheckResult,
    Notice,
    Plan,
    Report,
    Verdict,
    Visibility,
)


@dataclass(frozen=True)
class RunStarted:
    """The plan is known; nothing has been tried yet."""

    plan: Plan


@dataclass(frozen=True)
class CheckStarted:
    """A check is being tried."""

    id: str


@dataclass(frozen=True)
class CheckFinished:
    """A check has its verdict. A second one for the same check replaces the first."""

    result: CheckResult


@dataclass(frozen=True)
class Noticed:
    """Something worth saying came up."""

    notice: Notice


@dataclass(frozen=True)
class RunFinished:
    """Nothing more will come.

    :ivar seconds: wall-clock time of the run.
    """

    seconds: float


Event = RunStarted | CheckStarted | CheckFinished | Noticed | RunFinished

_NAMES: dict[type[Event], str] = {
    RunStarted: "run-started",
    CheckStarted: "check-started",
    CheckFinished: "check-finished",
    Noticed: "noticed",
    RunFinished: "run-finished",
}


def fold(events: Iterable[Event]) -> Report | None:
    """Add the events up; ``None`` when not even the plan is there."""
    report: Report | None = None
    for event in events:
        report = apply(report, event)
    return report


def apply(report: Report | None, event: Event) -> Report | None:
    """Add one event to a report and return it."""
    if isinstance(event, RunStarted):
        return Report(event.plan)
    if report is None:
        return None
    match event:
        case CheckStarted():
            pass
        case CheckFinished(result):
            report.results[result.id] = result
        case Noticed(notice):
            if notice not in report.notices:
                report.notices.append(notice)
        case RunFinished(seconds):
            report.finished = True
            report.seconds = seconds
        case _:
            assert_never(event)
    return report


def write(event: Event, stream: TextIO) -> None:
    """Append an event as one line and make sure that it is out of our hands."""
    line = {"event": _NAMES[type(event)], "schema": SCHEMA} | asdict(event)
    stream.write(json.dumps(line, ensure_ascii=True) + "\n")
    stream.flush()


def read(lines: Iterable[str]) -> list[Event]:
    """Read a stream back; a last line that was cut off in the middle is left out.

    :raises ValueError: a line is no event of this schema; the text names its number.
    """
    events: list[Event] = []
    for number, line in enumerate(lines, 1):
        if not line.endswith("\n"):
            break
        try:
            events.append(_event(json.loads(line)))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"line {number} is no event of schema {SCHEMA}: {error}") from error
    return events


def _event(line: dict[str, Any]) -> Event:
    if line["schema"] != SCHEMA:
        raise ValueError(f"schema {line['schema']!r}")
    match line["event"]:
        case "run-started":
            plan = line["plan"]
            checks = tuple(_result(check) for check in plan["checks"])
            return RunStarted(Plan(**plan | {"checks": checks}))
        case "check-started":
            return CheckStarted(line["id"])
        case "check-finished":
            return CheckFinished(_result(line["result"]))
        case "noticed":
            return Noticed(Notice(**line["notice"]))
        case "run-finished":
            return RunFinished(line["seconds"])
        case other:
            raise ValueError(f"unknown event {other!r}")


def _result(data: dict[str, Any]) -> CheckResult:
    cause = data["cause"]
    return CheckResult(
        **data
        | {
            "verdict": Verdict(data["verdict"]),
            "steps": tuple(data["steps"]),
            "cause": Cause(**cause) if cause else None,
            "visibility": Visibility(data["visibility"]),
        }
    )
