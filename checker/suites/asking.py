"""Asking all checks of a step, on as many benches as there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from checker.course import AskedCheck, with_needs
from checker.suites.bench import Bench
from checker.suites.judge import Judge, Question
from checker.suites.schedule import Schedule
from checker.verdicts.events import CheckFinished, CheckStarted, Event, Noticed
from checker.verdicts.outcomes import CheckResult, Notice


def ask(
    question: Question,
    asked: Sequence[AskedCheck],
    bench: Bench,
    emit: Callable[[Event], None],
    until: Callable[[CheckResult], bool] = lambda _result: False,
) -> bool:
    """Try all checks and emit what happens; give up when a bench breaks down.

    :param asked: the checks, in order.
    :param emit: called with every event, by one thread at a time.
    :param until: called with every result; after the first for which it is true, no further check
        is tried.
    :returns: whether all were asked.
    :raises KeyboardInterrupt: somebody pressed Ctrl-C.
    """

    def finished(result: CheckResult) -> None:
        emit(CheckFinished(result))
        if until(result):
            schedule.stop()

    schedule = Schedule(
        asked,
        frozenset(with_needs(asked, {question.step.databases_by})),
        bench.limits.run_seconds,
        lambda each: emit(CheckStarted(each.check.id)),
        finished,
    )

    def notice(notices: Sequence[Notice]) -> None:
        for each in notices:
            schedule.tell(partial(emit, Noticed(each)))

    def work(bench: Bench) -> None:
        """Try checks on one bench until none is left."""
        judge = Judge(question, bench, notice)
        try:
            while (turn := schedule.next()) is not None:
                until = 0.0 if turn.ahead else schedule.middle
                result = judge.judge(turn.asked, schedule.results, again_until=until)
                schedule.done(turn, result)
        except BaseException:
            schedule.stop()
            raise
        finally:
            judge.close()

    beside = bench.beside
    others = [other.submit(work) for other in beside]
    try:
        work(bench)
    except BaseException:  # Ctrl-C among them
        for other in beside:
            other.break_off()
        raise
    finally:
        for done in others:
            done.result()
    return not schedule.is_stopped
