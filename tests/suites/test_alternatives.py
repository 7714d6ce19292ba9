"""A right app passes, however it is written."""

from pathlib import Path

import pytest

from checker.apps.submission import Submission
from checker.course import steps
from checker.running import run
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Verdict

COURSE = steps()
FOLDERS = sorted(Path(__file__).parents[1].glob("alternatives/step_*/*/"))
#: The one app that is not entirely right, on purpose: what it is told.
COMPLAINTS = {"laptop-credentials": {"settings-from-environment"}}


@pytest.mark.apart
@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_it_loses_no_point_for_its_style(folder: Path, bench: Bench) -> None:
    step = COURSE[int(folder.parent.name.removeprefix("step_")) - 1]
    report = run(step, COURSE, Submission.read(folder), bench)
    others = {result.id for result in report.checks if result.verdict is not Verdict.PASSED}
    assert others == COMPLAINTS.get(folder.name, set()), [
        result for result in report.checks if result.id in others
    ]
