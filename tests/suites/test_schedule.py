"""Checks that are tried side by side: who may begin, who has to wait, who is not tried at all."""

import threading
import time
from dataclasses import dataclass, field, replace

import pytest

from checker.apps.submission import Submission
from checker.course import STATE, AskedCheck, checks_of, steps
from checker.running import run
from checker.suites.bench import Bench
from checker.suites.judge import result_of
from checker.suites.schedule import Schedule, Turn
from checker.verdicts.events import Event, RunFinished
from checker.verdicts.outcomes import CheckResult, Verdict

COURSE = steps()


def asked(identifier: str, *needs: str, alone: bool = False) -> AskedCheck:
    """Make up a check out of a real one."""
    real = checks_of(COURSE[0], COURSE)[0]
    return replace(real, check=replace(real.check, id=identifier, needs=needs, true_hashes=alone))


@dataclass
class Told:
    """A schedule and all that it has told."""

    checks: list[AskedCheck]
    before: frozenset[str] = frozenset()
    seconds: float = 60.0
    begun: list[str] = field(default_factory=list)
    finished: list[CheckResult] = field(default_factory=list)
    turns: dict[str, Turn] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.schedule = Schedule(
            self.checks,
            self.before,
            self.seconds,
            lambda each: self.begun.append(each.check.id),
            self.finished.append,
        )

    def next(self) -> str | None:
        """Take the next turn and return the check's name, with a `+` when it is ahead of time."""
        turn = self.schedule.next()
        if turn is None:
            return None
        name = turn.asked.check.id + "+" * turn.ahead
        self.turns[name] = turn
        return name

    def done(self, name: str, verdict: Verdict = Verdict.PASSED) -> None:
        turn = self.turns[name]
        self.schedule.done(turn, result_of(turn.asked, verdict))

    def waits(self) -> threading.Thread:
        """Ask for the next check in a thread, and see that it has to wait."""
        thread = threading.Thread(target=self.next, daemon=True)
        thread.start()
        thread.join(0.05)
        assert thread.is_alive(), self.begun
        return thread

    @property
    def verdicts(self) -> dict[str, Verdict]:
        return {result.id: result.verdict for result in self.finished}


def test_checks_are_given_out_in_order_once_their_needs_have_passed():
    told = Told([asked("a"), asked("b", "a"), asked("c"), asked("d", "elsewhere")])
    assert [told.next(), told.next(), told.next()] == ["a", "c", "d"]
    told.done("a")
    assert told.next() == "b"
    assert told.next() is None


def test_who_would_wait_tries_one_ahead_and_its_pass_counts_with_its_needs():
    told = Told([asked("a"), asked("b", "a"), asked("c", "b")])
    assert [told.next(), told.next(), told.next()] == ["a", "b+", "c+"]
    told.done("c+")
    told.done("b+")
    assert told.finished == []
    told.done("a")
    assert told.verdicts == dict.fromkeys("abc", Verdict.PASSED)
    assert told.next() is None


def test_what_did_not_pass_ahead_of_its_turn_is_tried_again_in_its_turn():
    told = Told([asked("a"), asked("b", "a"), asked("c", "a")])
    assert [told.next(), told.next()] == ["a", "b+"]
    told.done("b+", Verdict.FAILED)
    waiting = told.waits()  # one disappointment is enough
    told.done("a")
    waiting.join(5)
    assert told.next() == "c"
    told.done("b", Verdict.FAILED)
    told.done("c")
    assert told.next() is None
    assert told.verdicts == dict(a=Verdict.PASSED, b=Verdict.FAILED, c=Verdict.PASSED)


def test_what_needs_something_that_failed_is_blocked_with_all_that_follows():
    told = Told([asked("a"), asked("b", "a"), asked("c", "b"), asked("d")])
    assert told.next() == "a"
    told.done("a", Verdict.FAILED)
    assert told.next() == "d"
    assert told.next() is None
    assert told.verdicts == dict(a=Verdict.FAILED, b=Verdict.BLOCKED, c=Verdict.BLOCKED)
    assert [result.blocked_by for result in told.finished[1:]] == ["a", "a"]


def test_a_pass_ahead_of_its_turn_means_nothing_when_a_need_fails():
    told = Told([asked("a"), asked("b", "a")])
    assert [told.next(), told.next()] == ["a", "b+"]
    told.done("b+")
    told.done("a", Verdict.FAILED)
    assert told.verdicts == dict(a=Verdict.FAILED, b=Verdict.BLOCKED)
    assert told.next() is None


def test_who_waits_learns_that_all_the_rest_is_blocked():
    told = Told([asked("a"), asked("b", "a")])
    assert [told.next(), told.next()] == ["a", "b+"]
    told.done("b+", Verdict.FAILED)
    waiting = told.waits()
    told.done("a", Verdict.FAILED)
    waiting.join(5)
    assert not waiting.is_alive()
    assert told.begun == ["a", "b"]


def test_a_flaky_need_blocks_nobody():
    told = Told([asked("a"), asked("b", "a")])
    told.next()
    told.done("a", Verdict.FLAKY)
    assert told.next() == "b"


def test_some_go_before_all_others_and_block_nobody():
    checks = [asked("a"), asked("switch", "start"), asked("start")]
    told = Told(checks, frozenset({"switch", "start"}))
    assert told.next() == "start"
    waiting = told.waits()  # nothing is tried ahead of them
    told.done("start")
    waiting.join(5)
    assert told.begun == ["start", "switch"]
    told.done("switch", Verdict.FAILED)
    assert told.next() == "a"


def test_who_is_quick_in_a_crowd_need_not_be_tried_alone():
    told = Told([asked("a"), asked("slow", alone=True), asked("b")])
    assert [told.next(), told.next(), told.next()] == ["a", "slow+", "b"]
    told.done("slow+")
    assert told.verdicts == {"slow": Verdict.PASSED}


def test_who_is_slow_in_a_crowd_is_tried_alone():
    told = Told([asked("a"), asked("slow", alone=True), asked("b")])
    assert [told.next(), told.next(), told.next()] == ["a", "slow+", "b"]
    told.done("slow+", Verdict.FAILED)
    waiting = told.waits()
    told.done("a")
    told.done("b")
    waiting.join(5)
    assert told.begun[-1] == "slow"
    told.done("slow")
    assert told.verdicts["slow"] is Verdict.PASSED


def test_nothing_begins_while_something_is_tried_alone():
    told = Told([asked("slow", alone=True), asked("a"), asked("b", "a")])
    assert told.next() == "slow"
    waiting = told.waits()
    told.done("slow")
    waiting.join(5)
    assert told.begun == ["slow", "a"]


def test_what_comes_too_late_is_not_tried():
    told = Told([asked("a"), asked("b", "a")], seconds=0.02)
    assert told.next() == "a"
    time.sleep(0.03)
    told.done("a")
    assert told.next() is None
    assert told.verdicts["b"] is Verdict.TIMEOUT
    assert "0.02 seconds" in told.finished[-1].seen


def test_checks_that_wait_for_one_another_are_told():
    told = Told([asked("a", "b"), asked("b", "a")])
    with pytest.raises(RuntimeError, match="wait for one another: a, b"):
        told.next()


def test_after_a_stop_nothing_counts():
    told = Told([asked("a"), asked("b")])
    told.next()
    told.schedule.stop()
    told.done("a")
    told.schedule.tell(lambda: told.begun.append("told"))
    assert told.next() is None
    assert (told.begun, told.finished) == (["a"], [])


@pytest.mark.parametrize("folder", ["solutions", "steps"])
def test_side_by_side_the_verdicts_are_the_same(folder: str):
    step = COURSE[0]
    submission = Submission.read(step.root / folder / step.name)
    reports = []
    for beside in (0, 2):
        with Bench(STATE / "cache", beside=beside) as bench:
            assert len(bench.beside) == beside
            reports.append(run(step, COURSE, submission, bench, seed=7))
    one, other = ([replace(result, seconds=0) for result in report.checks] for report in reports)
    assert [(result.id, result.verdict) for result in one] == [
        (result.id, result.verdict) for result in other
    ]
    assert {result.verdict for result in one} >= {Verdict.PASSED}
    assert reports[0].notices == reports[1].notices == []


@pytest.mark.parametrize("beside", [0, 1])
def test_a_run_ends_with_the_first_result_that_is_enough(beside: int):
    step = COURSE[0]
    events: list[Event] = []
    with Bench(STATE / "cache", beside=beside) as bench:
        report = run(
            step,
            COURSE,
            Submission.read(step.solution),
            bench,
            events.append,
            until=lambda result: result.id == "right-password",
        )
    assert report.results["right-password"].verdict is Verdict.PASSED
    # What another bench has tried ahead of its turn by then is told as well.
    assert len(report.results) < len(report.checks) / (1 if beside else 2)
    assert not report.finished
    assert not any(isinstance(event, RunFinished) for event in events)
