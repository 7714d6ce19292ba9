"""Which check is tried next, when several may be tried side by side."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from checker.course import AskedCheck
from checker.suites.judge import result_of
from checker.verdicts.outcomes import SCORING, CheckResult, Verdict


class Schedule:
    """Gives out checks, each after those that it needs, and keeps their results.

    A check whose need has failed is blocked and not given out; so is, in another way, one whose
    turn comes when the run's time is over. A check about how long something takes is tried alone.

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
        self._before = before & {each.check.id for each in asked}
        self._asked = {each.check.id for each in asked}
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._begun = begun
        self._finished = finished
        self._results: dict[str, CheckResult] = {}
        self._at_work = 0
        self._is_alone = False
        self._is_stopped = False
        self._changed = threading.Condition(threading.RLock())

    @property
    def results(self) -> Mapping[str, CheckResult]:
        """The results so far, by the check's id."""
        return self._results

    @property
    def middle(self) -> float:
        """When half of the run's time is over (:func:`time.monotonic`)."""
        return self._end - self._seconds / 2

    def next(self) -> AskedCheck | None:
        """Wait for a check that may be tried now; ``None`` when there will be none.

        :raises RuntimeError: checks need one another in a circle.
        """
        with self._changed:
            while True:
                self._give_up_what_is_blocked()
                if self._is_stopped or not self._waiting:
                    return None
                found = next(filter(self._may_begin, self._waiting), None)
                if found is not None:
                    self._waiting.remove(found)
                    self._at_work += 1
                    self._is_alone = found.check.true_hashes
                    self._begun(found)
                    return found
                if not self._at_work:
                    stuck = ", ".join(each.check.id for each in self._waiting)
                    raise RuntimeError(f"These checks wait for one another: {stuck}.")
                self._changed.wait()

    def done(self, result: CheckResult) -> None:
        """Take the result of a check that was given out; after :meth:`stop` it means nothing."""
        with self._changed:
            if self._is_stopped:
                return
            self._at_work -= 1
            self._is_alone = False
            self._keep(result)
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

    def _may_begin(self, asked: AskedCheck) -> bool:
        waits_for = self._asked & {*asked.check.needs}
        if asked.check.id not in self._before:
            waits_for |= self._before
        if self._is_alone or (asked.check.true_hashes and self._at_work):
            return False
        return waits_for <= self._results.keys()

    def _give_up_what_is_blocked(self) -> None:
        """Note those that will not be tried, and thereby perhaps others that need them."""
        found = True
        while found:
            found = False
            for each in list(self._waiting):
                result = self._not_tried(each)
                if result is not None:
                    self._waiting.remove(each)
                    self._keep(result)
                    self._changed.notify_all()
                    found = True

    def _not_tried(self, asked: AskedCheck) -> CheckResult | None:
        for need in asked.check.needs:
            result = self._results.get(need)
            if result is not None and result.verdict not in SCORING:
                blocker = result.blocked_by or need
                return result_of(asked, Verdict.BLOCKED, blocked_by=blocker)
        if time.monotonic() > self._end and self._may_begin(asked):
            return result_of(
                asked,
                Verdict.TIMEOUT,
                expected="The app answers quickly enough to be checked.",
                seen=f"The checks before it took more than {self._seconds:g} seconds; it was not "
                "tried.",
            )
        return None
