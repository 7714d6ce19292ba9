"""Every catalogued mistake is caught by the check that was written for it."""

from pathlib import Path

import pytest

from checker import mistakes
from checker.apps.submission import Submission
from checker.course import steps
from checker.mistakes import Mistake
from checker.running import run
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Verdict

COURSE = steps()
CASES = [(step, mistake) for step in COURSE for mistake in mistakes.load(step.number)]


def texts(folder: Path) -> dict[str, str]:
    return {name: data.decode() for name, data in Submission.read(folder).files.items()}


@pytest.mark.parametrize(
    ("number", "mistake"),
    [(step.number, mistake) for step, mistake in CASES],
    ids=[f"{step.number}-{mistake.id}" for step, mistake in CASES],
)
def test_the_mistake_is_caught(number: int, mistake: Mistake, bench: Bench) -> None:
    step = COURSE[number - 1]
    changed = mistakes.apply(mistake, texts(step.solution))
    submission = Submission({name: text.encode() for name, text in changed.items()})
    report = run(step, COURSE, submission, bench, only=[mistake.killed_by])
    verdicts = {result.id: result.verdict for result in report.checks}
    caught = report.results[mistake.killed_by]
    assert verdicts.pop(mistake.killed_by) is Verdict.FAILED, caught
    assert set(verdicts.values()) <= {Verdict.PASSED}, "caught by accident, before its check"
    assert caught.expected
    assert caught.seen


def test_every_check_of_a_step_has_a_mistake_that_it_catches() -> None:
    for step in COURSE:
        caught = {mistake.killed_by for mistake in mistakes.load(step.number)}
        assert {check.id for check in step.new_checks} <= caught


def test_the_first_step_has_more_than_twenty_mistakes() -> None:
    assert len(mistakes.load(1)) >= 20
