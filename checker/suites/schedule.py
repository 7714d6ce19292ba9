"""Which check is tried next, when several may be tried side by side."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from checker.course import AskedCheck
from checker.suites.judge import result_of
from checker.verdicts.outcomes import SCORING, CheckResult, Verdict


class Turn(NamedTuple):
    """A check that is given out.

    :ivar ahead: whether only a pass counts: before its needs are known to have passed, or in
        company where it should be alone.
    """

    asked: AskedCheck
    ahead: bool


class Schedule:
    """Gives out checks, each after those that it needs, and keeps their results.

    A check whose need has failed is blocked and not given out; so is, in another way, one whose
    turn comes when the run's time is over.

    Who would have to wait gets a check *ahead* of its turn: most needs pass. Only a pass counts
    then, and only when the needs have passed too; after anything else its turn comes as ever, and
    nothing more is tried ahead. It is the same with a check about how long something takes, beside
    others: who is as quick as should be in a crowd is so alone; who is not is tried again, alone.

    :param asked: the checks, in order.
    :param before: ids of checks that the others wait for besides their needs; their verdict does
        not block anybody.
    :param seconds: how long the run may take.
    :param begun: called with each check that is given out.
    :param finished: called with each result; never by two threads at once.
    """

    def __init__(
        self,
        asked: Sequence[AskedCheck],
        before: frozenset[str],
        seconds: float,
        begun: Callable[[AskedCheck], None],
        finished: Callable[[CheckResult], None],
    ) -> None:
        self._waiting = list(asked)
        self._asked = {each.check.id: each for each in asked}
        self._before = before & self._asked.keys()
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._begun = begun
        self._finished = finished
        self._results: dict[str, CheckResult] = {}
        self._passed_ahead: dict[str, CheckResult] = {}
        self._may_try_ahead = True
        self._at_work = 0
        self._is_alone = False
        self._is_stopped = False
        self._changed = threading.Condition(threading.RLock())

    @property
    def results(self) -> Mapping[str, CheckResult]:
        """The results so far, by the check's id."""
        return self._results

    @property
    def is_stopped(self) -> bool:
        """Whether :meth:`stop` was called."""
        return self._is_stopped

    @property
    def middle(self) -> float:
        """When half of the run's time is over (:func:`time.monotonic`)."""
        return self._end - self._seconds / 2

    def next(self) -> Turn | None:
        """Wait for a check that may be tried now; ``None`` when there will be none.

        :raises RuntimeError: checks need one another in a circle.
        """
        with self._changed:
            while True:
                self._settle()
                if self._is_stopped or not self._waiting:
                    return None
                if (turn := self._turn()) is not None:
                    self._waiting.remove(turn.asked)
                    self._at_work += 1
                    self._is_alone = turn.asked.check.true_hashes and not turn.ahead
                    self._begun(turn.asked)
                    return turn
                if not self._at_work:
                    stuck = ", ".join(each.check.id for each in self._waiting)
                    raise RuntimeError(f"These checks wait for one another: {stuck}.")
                self._changed.wait()

    def done(self, turn: Turn, result: CheckResult) -> None:
        """Take the result of a check that was given out; after :meth:`stop` it means nothing."""
        with self._changed:
            if self._is_stopped:
                return
            self._at_work -= 1
            self._is_alone = False
            if not turn.ahead:
                self._keep(result)
            elif result.verdict is Verdict.PASSED:
                self._passed_ahead[result.id] = result
            else:
                self._may_try_ahead = False
                order = list(self._asked)
                self._waiting.append(turn.asked)
                self._waiting.sort(key=lambda each: order.index(each.check.id))
            self._settle()
            self._changed.notify_all()

    def stop(self) -> None:
        """Give out no more checks."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def tell(self, action: Callable[[], None]) -> None:
        """Do something that must not happen while a result is told, nor after :meth:`stop`."""
        with self._changed:
            if not self._is_stopped:
                action()

    def _keep(self, result: CheckResult) -> None:
        self._results[result.id] = result
        self._finished(result)

    def _turn(self) -> Turn | None:
        """Return the check whose turn it is, else one to try ahead, if anybody is at work."""
        if self._is_alone:
            return None
        for each in self._waiting:
            if self._knows_needs_of(each):
                in_company = each.check.true_hashes and self._at_work > 0
                if not in_company or self._may_try_ahead:
                    return Turn(each, ahead=in_company)
        # Where a check is asked may depend on those that come before all others.
        if self._at_work and self._may_try_ahead and self._before <= self._results.keys():
            return Turn(self._waiting[0], ahead=True)
        return None

    def _knows_needs_of(self, asked: AskedCheck) -> bool:
        waits_for = self._asked.keys() & {*asked.check.needs}
        if asked.check.id not in self._before:
            waits_for |= self._before
        return waits_for <= self._results.keys()

    def _settle(self) -> None:
        """Note the results that follow from others: blocked, too late, passed ahead of its turn."""
        found = True
        while found:
            found = False
            ahead = [self._asked[identifier] for identifier in self._passed_ahead]
            for each in [*ahead, *self._waiting]:
                result = self._settled(each)
                if result is not None:
                    if self._passed_ahead.pop(result.id, None) is None:
                        self._waiting.remove(each)
                    self._keep(result)
                    self._changed.notify_all()
                    found = True

    def _settled(self, asked: AskedCheck) -> CheckResult | None:
        for need in asked.check.needs:
            result = self._results.get(need)
            if result is not None and result.verdict not in SCORING:
                blocker = result.blocked_by or need
                return result_of(asked, Verdict.BLOCKED, blocked_by=blocker)
        if not self._knows_needs_of(asked):
            return None
        if asked.check.id in self._passed_ahead:
            return self._passed_ahead[asked.check.id]
        if time.monotonic() > self._end:
            return result_of(
                asked,
                Verdict.TIMEOUT,
                expected="The app answers quickly enough to be checked.",
                seen=f"The checks before it took more than {self._seconds:g} seconds; it was not "
                "tried.",
            )
        return None
