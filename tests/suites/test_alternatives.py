"""A right app passes, however it is written.

An app of step 3 or later is asked on one database, in turn, all that its step adds and a share of
what it keeps: what may differ here is the style, and the apps of the step before were asked the
same. `python3 -m checker audit` asks all apps everything on all databases.
"""

from pathlib import Path

import pytest

from checker.apps.submission import Submission
from checker.audit.right import COMPLAINTS, folders
from checker.course import Step, checks_of, steps
from checker.running import run
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Verdict

COURSE = steps()
FOLDERS = [folder for step in COURSE for folder in folders(step)]


def step_of(folder: Path) -> Step:
    return COURSE[int(folder.parent.name.removeprefix("step_")) - 1]


def share_of(folder: Path) -> list[str]:
    """The checks that its step adds, and every so-many-th of those that it keeps."""
    step = step_of(folder)
    beside = [other for other in FOLDERS if step_of(other) is step]
    asked = checks_of(step, COURSE)
    new = [each.check.id for each in asked if each.since is step]
    kept = [each.check.id for each in asked if each.since is not step]
    return new + kept[beside.index(folder) :: len(beside)]


@pytest.mark.apart
@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_it_loses_no_point_for_its_style(folder: Path, bench: Bench) -> None:
    step = step_of(folder)
    database = step.databases[FOLDERS.index(folder) % len(step.databases)]
    only = share_of(folder)
    report = run(step, COURSE, Submission.read(folder), bench, only=only, databases=[database])
    others = {result.id for result in report.checks if result.verdict is not Verdict.PASSED}
    assert others == COMPLAINTS.get(folder.name, set()), [
        result for result in report.checks if result.id in others
    ]


@pytest.mark.parametrize("step", COURSE, ids=lambda step: step.name)
def test_the_apps_of_a_step_are_asked_every_check_together(step: Step) -> None:
    asked = {name for folder in FOLDERS if step_of(folder) is step for name in share_of(folder)}
    assert asked == {each.check.id for each in checks_of(step, COURSE)}
