"""One submission, several steps, as Gradescope may be asked for them."""

import shutil
from pathlib import Path

from checker.course import steps
from checker.exports.grading import grade_one

COURSE = steps()


def test_a_step_that_is_missing_costs_its_own_points_only(wrong: Path, tmp_path: Path) -> None:
    submission = tmp_path / "submission"
    shutil.copytree(wrong, submission / "01-raw-mysql-login")
    outcome = grade_one(submission, COURSE[:2], COURSE, without_jail=False)
    assert outcome.refusal is None
    first, second = outcome.reports[1], outcome.reports[2]
    assert (first["score"], first["notices"]) == (4, [])
    assert (second["score"], second["max_score"]) == (0, 100)
    assert second["notices"] == [
        {"kind": "unread", "text": "There is no folder for step 2. Call it 02-registration."}
    ]
