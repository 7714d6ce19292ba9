"""Time limits that mean the same for everybody, on a fast machine and a busy one.

What is fair is a multiple of what the reference solution needs, there and then. On an ordinary
machine the usual limits are far more than that multiple, so everybody has the usual ones. Where
the reference itself is slow, all limits are multiplied by a whole number, the *patience*.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from checker.apps.limits import Limits
from checker.apps.submission import Submission
from checker.course import Step
from checker.running import run
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Report, Verdict

#: An app may take as many times longer than the reference to start, answer and end.
SLOWNESS = 20
#: More patience would only let what hangs stall the class.
MOST_PATIENCE = 10
_TRIES = 3
_YARDSTICK = "app-starts"


def measured(step: Step, course: Sequence[Step], bench: Bench) -> float:
    """Return the seconds that the reference solution needs here and now to start and answer.

    The slowest of three tries counts: what the machine does to one app it may do to the next. One
    more goes before them, which waits for the server and the jail.
    """
    reference = Submission.read(step.solution)
    _first, *reports = [
        run(step, list(course), reference, bench, only=[_YARDSTICK], databases=step.databases[:1])
        for _try in range(1 + _TRIES)
    ]
    return max(report.results[_YARDSTICK].seconds for report in reports)


def patience_for(seconds: float) -> int:
    """Return how many times the usual limits apply where the reference needs so many seconds."""
    needed = math.ceil(seconds * SLOWNESS / Limits().request_seconds)
    return min(max(needed, 1), MOST_PATIENCE)


def limits(patience: int) -> Limits:
    """Return the limits with that patience: times grow, sizes do not."""
    usual = Limits()
    return replace(
        usual,
        start_seconds=usual.start_seconds * patience,
        request_seconds=usual.request_seconds * patience,
        app_seconds=usual.app_seconds * patience,
        run_seconds=usual.run_seconds * patience,
    )


def timed_out(report: Report) -> list[str]:
    """Return the ids of the checks that ended for want of time."""
    return [result.id for result in report.checks if result.verdict is Verdict.TIMEOUT]


def repeats_time_outs(report: Report, limits: Limits) -> bool:
    """Tell whether the run itself has tried again what timed out.

    It does so in its first half only, and not at all with what it had no time left for.
    """
    return report.seconds < limits.run_seconds / 2
