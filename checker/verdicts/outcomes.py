"""What a run says: one verdict a check, and the report that they add up to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

SCHEMA = 1


class Verdict(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    BLOCKED = "blocked"  #: something that it depends on did not pass, so it was not tried
    ERROR = "error"  #: the checker's own fault: it counts neither way
    TIMEOUT = "timeout"  #: the app did not answer in time
    FLAKY = "flaky"  #: failed, then passed when repeated: told, never a deduction
    NOT_RUN = "not run"  #: the run ended before


class Visibility(StrEnum):
    """When students may see how a check ended; the words are Gradescope's.

    The workshop's own checks are always visible; an instructor's may not be.
    """

    VISIBLE = "visible"
    AFTER_DUE_DATE = "after_due_date"
    HIDDEN = "hidden"


#: Verdicts that give the points of a check.
SCORING = frozenset((Verdict.PASSED, Verdict.FLAKY))


@dataclass(frozen=True)
class Cause:
    """Why a check failed, as far as it could be recognised.

    :ivar location: ``app.py line 12``, where an exception says so, else empty.
    """

    id: str
    title: str
    advice: str
    location: str = ""


@dataclass(frozen=True)
class CheckResult:
    """One check's outcome, all of it as a student may read it (not yet escaped).

    :ivar since: the step that introduced the check.
    :ivar expected: what should have been there; empty when it passed.
    :ivar seen: what was there instead.
    :ivar steps: what was done, told as a person would.
    :ivar exchange: the request and the response that decided it, as text.
    :ivar blocked_by: the check that has to pass first.
    :ivar lesson: the lesson's section, as ``folder/README.md#anchor``.
    :ivar hint: the first hint; the command ``hint ID`` gives the next.
    :ivar reference_seconds: for a time-out, what the reference solution needed.
    """

    id: str
    title: str
    verdict: Verdict
    points: int
    max_points: int
    since: int
    seconds: float = 0.0
    expected: str = ""
    seen: str = ""
    steps: tuple[str, ...] = ()
    exchange: str = ""
    cause: Cause | None = None
    mistake: str = ""
    blocked_by: str = ""
    lesson: str = ""
    hint: str = ""
    reference_seconds: float | None = None
    visibility: Visibility = Visibility.VISIBLE

    @property
    def location(self) -> str:
        """File and line, where an exception named them."""
        return self.cause.location if self.cause else ""


@dataclass(frozen=True)
class Notice:
    """Something worth saying that costs no points, for example a named disturbance."""

    kind: str
    text: str


@dataclass(frozen=True)
class Plan:
    """What a run is going to do: the first event of every stream."""

    step: int
    step_name: str
    title: str
    submission: str
    digest: str
    seed: int
    versions: dict[str, str]
    isolated: bool
    checks: tuple[CheckResult, ...]
    partial: bool = False


@dataclass
class Report:
    """A run so far; complete when :attr:`finished`."""

    plan: Plan
    results: dict[str, CheckResult] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    finished: bool = False
    seconds: float = 0.0

    @property
    def checks(self) -> list[CheckResult]:
        """Every check of the plan, in order, with ``not run`` for what did not come to be."""
        return [self.results.get(planned.id, planned) for planned in self.plan.checks]

    @property
    def counts(self) -> dict[str, int]:
        """How many checks ended in which way; only ways that occur."""
        counts: dict[str, int] = {}
        for result in self.checks:
            counts[result.verdict.value] = counts.get(result.verdict.value, 0) + 1
        return counts

    @property
    def score(self) -> int:
        """Points reached."""
        return sum(result.points for result in self.checks)

    @property
    def max_score(self) -> int:
        """Points that could be reached by the checks of this run.

        A check that ended in a fault of ours counts neither way: its points are open, not lost,
        and whoever makes the checker stumble gains nothing by it.
        """
        return sum(r.max_points for r in self.checks if r.verdict is not Verdict.ERROR)

    @property
    def passed(self) -> bool:
        """Whether the run is complete and nothing was left to mend."""
        return self.finished and all(
            result.verdict in (Verdict.PASSED, Verdict.FLAKY) for result in self.checks
        )

    @property
    def broken(self) -> bool:
        """Whether the checker itself failed somewhere."""
        return any(result.verdict is Verdict.ERROR for result in self.checks)
