"""Every catalogued mistake is caught by the check that was written for it: the tests of one step.

A file a step (``test_mistakes_of_step_N.py``), so that they can run side by side.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from checker import mistakes
from checker.apps.submission import Submission
from checker.course import checks_of, steps, with_needs
from checker.mistakes import Mistake
from checker.running import run
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Report, Verdict

COURSE = steps()
ASKED = {step.number: checks_of(step, COURSE) for step in COURSE}


def of_step(number: int) -> Callable[[Mistake, Bench], None]:
    """Return the test, once for each mistake of the step."""
    cases = mistakes.load(number)

    @pytest.mark.parametrize("mistake", cases, ids=[mistake.id for mistake in cases])
    def test_the_mistake_is_caught(mistake: Mistake, bench: Bench) -> None:
        report = _checked(number, mistake, bench)
        caught = report.results[mistake.killed_by]
        assert caught.verdict is Verdict.FAILED, caught
        needs = with_needs(ASKED[number], {mistake.killed_by}) - {mistake.killed_by}
        found = [report.results[need] for need in needs]
        others = [result for result in found if result.verdict is not Verdict.PASSED]
        assert others == [], "caught by accident, before its check"
        assert caught.expected
        assert caught.seen

    return test_the_mistake_is_caught


def _checked(number: int, mistake: Mistake, bench: Bench) -> Report:
    """Ask the check that is meant for it, on one database, and on all if it takes another."""
    step = COURSE[number - 1]
    changed = mistakes.apply(mistake, _texts(step.solution))
    submission = Submission({name: text.encode() for name, text in changed.items()})
    for databases in (step.databases[:1], step.databases):  # a check may be about one of them
        report = run(step, COURSE, submission, bench, only=[mistake.killed_by], databases=databases)
        if report.results[mistake.killed_by].verdict is Verdict.FAILED:
            break
    return report


def _texts(folder: Path) -> dict[str, str]:
    return {name: data.decode() for name, data in Submission.read(folder).files.items()}
