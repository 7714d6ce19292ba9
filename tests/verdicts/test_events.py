"""A run is a stream of events, and whatever is left of the stream is a valid report."""

import io
import json

import pytest

from checker.verdicts import events
from checker.verdicts.outcomes import Cause, CheckResult, Notice, Plan, Report, Verdict

FIRST = CheckResult("first", "The first.", Verdict.NOT_RUN, 0, 60, 1)
SECOND = CheckResult("second", "The second.", Verdict.NOT_RUN, 0, 40, 1)
PLAN = Plan(1, "01-name", "Title", "app", "d" * 64, 7, {"Flask": "3"}, True, (FIRST, SECOND))
PASSED = CheckResult("first", "The first.", Verdict.PASSED, 60, 60, 1, seconds=0.25)
FAILED = CheckResult(
    "second",
    "The second.",
    Verdict.FAILED,
    0,
    40,
    1,
    expected="this",
    seen="that \x1b[2J",
    steps=("Opened /.",),
    cause=Cause("id", "title", "advice", "app.py line 3"),
)
RUN = [
    events.RunStarted(PLAN),
    events.CheckStarted("first"),
    events.CheckFinished(PASSED),
    events.Noticed(Notice("tampering", "Something.")),
    events.CheckStarted("second"),
    events.CheckFinished(FAILED),
    events.RunFinished(1.5),
]


def written(run: list[events.Event]) -> str:
    stream = io.StringIO()
    for event in run:
        events.write(event, stream)
    return stream.getvalue()


def folded(run: list[events.Event]) -> Report:
    report = events.fold(run)
    assert report is not None
    return report


def test_a_stream_read_back_is_the_run_that_was_written() -> None:
    assert events.read(written(RUN).splitlines(keepends=True)) == RUN


def test_every_line_is_plain_ascii_json() -> None:
    for line in written(RUN).splitlines():
        assert line.isascii()
        assert json.loads(line)["schema"] == 1


def test_points_are_those_of_the_checks_that_passed() -> None:
    report = folded(RUN)
    assert (report.score, report.max_score, report.passed) == (60, 100, False)
    assert report.counts == {"passed": 1, "failed": 1}


@pytest.mark.parametrize("length", range(1, len(RUN)))
def test_a_stream_that_stops_anywhere_is_a_partial_report(length: int) -> None:
    report = folded(RUN[:length])
    assert len(report.checks) == 2
    assert not report.finished
    assert not report.passed


def test_a_line_cut_off_in_the_middle_is_left_out() -> None:
    text = written(RUN)
    cut = text[: text.rindex("run-finished")]
    assert events.read(cut.splitlines(keepends=True)) == RUN[:-1]


def test_nothing_at_all_is_no_report() -> None:
    assert events.fold([]) is None


def test_a_later_verdict_replaces_an_earlier_one() -> None:
    better = CheckResult("second", "The second.", Verdict.FLAKY, 40, 40, 1)
    report = folded([*RUN[:-1], events.CheckFinished(better), RUN[-1]])
    assert report.score == 100
    assert report.passed


def test_the_checkers_own_fault_costs_no_points_and_gives_none() -> None:
    error = CheckResult("second", "The second.", Verdict.ERROR, 0, 40, 1)
    report = folded([*RUN[:5], events.CheckFinished(error), RUN[-1]])
    assert (report.score, report.max_score) == (60, 60)
    assert report.broken
    assert not report.passed


def test_the_same_notice_is_told_once() -> None:
    notice = events.Noticed(Notice("tampering", "Something."))
    assert len(folded([*RUN, notice]).notices) == 1


@pytest.mark.parametrize(
    "line",
    ["[]\n", "{}\n", '{"schema": 2, "event": "run-finished", "seconds": 1}\n', "nonsense\n"],
)
def test_what_is_no_event_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 is no event"):
        events.read([written(RUN[:1]), line])
