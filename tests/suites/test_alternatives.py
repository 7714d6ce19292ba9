"""A right app passes, however it is written.

Where a step has several databases, each app is asked on one of them, in turn: what may differ here
is the style. `python3 -m checker audit` asks all apps on all databases.
"""

from pathlib import Path

import pytest

from checker.apps.submission import Submission
from checker.audit.right import COMPLAINTS, folders
from checker.course import steps
from checker.running import run
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Verdict

COURSE = steps()
FOLDERS = [folder for step in COURSE for folder in folders(step)]


@pytest.mark.apart
@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_it_loses_no_point_for_its_style(folder: Path, bench: Bench) -> None:
    step = COURSE[int(folder.parent.name.removeprefix("step_")) - 1]
    database = step.databases[FOLDERS.index(folder) % len(step.databases)]
    report = run(step, COURSE, Submission.read(folder), bench, databases=[database])
    others = {result.id for result in report.checks if result.verdict is not Verdict.PASSED}
    assert others == COMPLAINTS.get(folder.name, set()), [
        result for result in report.checks if result.id in others
    ]
