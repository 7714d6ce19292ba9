"""The pytest plugin that runs checks instead of tests: pytest finds them, a judge tries them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from checker.course import AskedCheck, with_needs
from checker.suites.bench import Bench
from checker.suites.check import about
from checker.suites.judge import Judge, Question
from checker.suites.schedule import Schedule
from checker.verdicts.events import CheckFinished, CheckStarted, Event, Noticed
from checker.verdicts.outcomes import Notice


class SuitePlugin:
    """Asks the checks of one step and emits what happens.

    :param asked: the checks, in order; others that pytest collects are left out.
    :param emit: called with every event, by one thread at a time.
    """

    def __init__(
        self,
        question: Question,
        asked: Sequence[AskedCheck],
        bench: Bench,
        emit: Callable[[Event], None],
    ) -> None:
        self._question = question
        self._asked = list(asked)
        self._bench = bench
        self._emit = emit
        before = with_needs(self._asked, {question.step.databases_by})
        self._schedule = Schedule(
            self._asked,
            frozenset(before),
            bench.limits.run_seconds,
            lambda asked: emit(CheckStarted(asked.check.id)),
            lambda result: emit(CheckFinished(result)),
        )

    def pytest_configure(self, config: pytest.Config) -> None:
        """Tell pytest of the mark that makes a function a check."""
        config.addinivalue_line("markers", "check(about): a question to a submission")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the checks that are asked."""
        known = {each.check.id for each in self._asked}
        items[:] = [
            item
            for item in items
            if (mark := item.get_closest_marker("check")) is not None and about(mark).id in known
        ]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try all checks, on as many benches as there are, and give up when one breaks down."""
        assert len(session.items) == len(self._asked)
        beside = self._bench.beside
        others = [other.submit(self._work) for other in beside]
        try:
            self._work(self._bench)
        except BaseException:  # Ctrl-C among them
            for other in beside:
                other.break_off()
            raise
        finally:
            for work in others:
                work.result()
        return True

    def _work(self, bench: Bench) -> None:
        """Try checks on one bench until none is left."""
        judge = Judge(self._question, bench, self._notice)
        schedule = self._schedule
        try:
            while (turn := schedule.next()) is not None:
                until = 0.0 if turn.ahead else schedule.middle
                schedule.done(turn, judge.judge(turn.asked, schedule.results, again_until=until))
        except BaseException:
            schedule.stop()
            raise

    def _notice(self, notices: Sequence[Notice]) -> None:
        def tell() -> None:
            for notice in notices:
                self._emit(Noticed(notice))

        self._schedule.tell(tell)
