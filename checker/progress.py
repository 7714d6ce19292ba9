"""What a student has reached, kept in ``.workshop/progress.json`` of the checkout.

Steps are known by the name of their folder without its number, checks by their id: both may move
to another place in the course without anything being lost. What this version does not know
(a step of a later one) is kept as it is.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checker.course import STATE, Step
from checker.verdicts.outcomes import Report, Verdict

_SCHEMA = 1
_FILE = "progress.json"


class ProgressError(Exception):
    """The file cannot be used; the text says what to do. It is never overwritten then."""


@dataclass
class Progress:
    """Where a student is.

    :ivar current: key of the step worked on, empty at the very beginning.
    :ivar steps: by step key: best points, ids of passed checks, hints taken by check.
    """

    path: Path
    current: str = ""
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    _rest: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path = STATE) -> Progress:
        """Read the file; a missing one is an empty progress.

        :raises ProgressError: it was written by a later version, or is damaged.
        """
        path = folder / _FILE
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls(path)
        except (OSError, ValueError) as error:
            raise ProgressError(
                f"{path} cannot be read ({error}). Mend it, or move it away to begin anew: your "
                "code in steps/ does not depend on it."
            ) from error
        if not isinstance(said, dict) or said.get("schema") != _SCHEMA:
            raise ProgressError(
                f"{path} was written by another version of the workshop. Update with `git pull`, "
                "or move the file away to begin anew: your code in steps/ does not depend on it."
            )
        known = {"schema", "current", "steps"}
        return cls(
            path,
            str(said.get("current", "")),
            dict(said.get("steps", {})),
            {name: value for name, value in said.items() if name not in known},
        )

    def save(self) -> None:
        """Write the file whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(
            {"schema": _SCHEMA, "current": self.current, "steps": self.steps} | self._rest, indent=1
        )
        beside = self.path.with_name(f"{_FILE}.{os.getpid()}")
        try:
            beside.write_text(text + "\n", encoding="utf-8")
            beside.replace(self.path)
        finally:
            with suppress(FileNotFoundError):
                beside.unlink()

    def note(self, step: Step, report: Report) -> None:
        """Remember a complete run of all of a step's checks."""
        if not report.finished or report.plan.partial:
            return
        about = self._about(step)
        about["score"] = report.score
        about["best"] = max(report.score, about.get("best", 0))
        about["done"] = report.passed or about.get("done", False)
        about["passed"] = [
            result.id for result in report.checks if result.verdict is Verdict.PASSED
        ]
        about["mistake"] = next((r.mistake for r in report.checks if r.mistake), "")
        about["failed"] = [
            result.id
            for result in report.checks
            if result.verdict in (Verdict.FAILED, Verdict.TIMEOUT)
        ]

    def done(self, step: Step) -> bool:
        """Whether the step once passed in full."""
        return bool(self._about(step).get("done"))

    def best(self, step: Step) -> int | None:
        """Return the most points ever reached, ``None`` before the first check."""
        return self._about(step).get("best")

    def first_failure(self, step: Step) -> str | None:
        """Return the check that failed first in the last complete run."""
        failed = self._about(step).get("failed", [])
        return failed[0] if failed else None

    def mistake(self, step: Step, check: str) -> str:
        """Return what the last complete run took the failure of this check for, if anything."""
        first = self.first_failure(step) == check
        return str(self._about(step).get("mistake", "")) if first else ""

    def next_hint(self, step: Step, check: str) -> int:
        """Return the number of the hint that comes next (0 to 2) and count it as taken."""
        hints = self._about(step).setdefault("hints", {})
        number = min(hints.get(check, 0), 2)
        hints[check] = number + 1
        return int(number)

    def _about(self, step: Step) -> dict[str, Any]:
        return self.steps.setdefault(key(step), {})


def key(step: Step) -> str:
    """Return the name that a step keeps when its number changes."""
    return step.name.partition("-")[2]
