"""What a student has reached is never lost."""

import dataclasses
import json
from pathlib import Path

import pytest

from checker.course import Step
from checker.progress import Progress, ProgressError
from checker.verdicts.outcomes import CheckResult, Plan, Report, Verdict

STEP = Step(1, "01-raw-mysql-login", "A login page", 30, (), {})


def report(*verdicts: Verdict, finished: bool = True, partial: bool = False) -> Report:
    checks = tuple(
        CheckResult(f"check-{n}", "", verdict, 10 if verdict is Verdict.PASSED else 0, 10, 1)
        for n, verdict in enumerate(verdicts)
    )
    plan = Plan(1, STEP.name, "", "", "", 0, {}, True, checks, partial)
    return Report(plan, {check.id: check for check in checks}, finished=finished)


def test_without_a_file_nothing_has_been_reached(tmp_path: Path) -> None:
    progress = Progress.load(tmp_path / "new")
    assert progress.best(STEP) is None
    assert not progress.done(STEP)


def test_what_was_saved_is_there_again(tmp_path: Path) -> None:
    progress = Progress.load(tmp_path)
    progress.note(STEP, report(Verdict.PASSED, Verdict.FAILED))
    progress.save()
    again = Progress.load(tmp_path)
    assert again.best(STEP) == 10
    assert again.first_failure(STEP) == "check-1"


def test_a_step_that_passed_once_stays_done(tmp_path: Path) -> None:
    progress = Progress.load(tmp_path)
    progress.note(STEP, report(Verdict.PASSED))
    progress.note(STEP, report(Verdict.FAILED))
    assert progress.done(STEP)
    assert progress.best(STEP) == 10


def test_a_step_may_move_to_another_number(tmp_path: Path) -> None:
    progress = Progress.load(tmp_path)
    progress.note(STEP, report(Verdict.PASSED))
    progress.save()
    moved = dataclasses.replace(STEP, number=3, name="03-raw-mysql-login")
    assert Progress.load(tmp_path).done(moved)


def test_what_this_version_does_not_know_is_kept(tmp_path: Path) -> None:
    later = {"schema": 1, "current": "", "steps": {"oauth": {"done": True}}, "badges": ["first"]}
    (tmp_path / "progress.json").write_text(json.dumps(later))
    progress = Progress.load(tmp_path)
    progress.note(STEP, report(Verdict.PASSED))
    progress.save()
    said = json.loads((tmp_path / "progress.json").read_text())
    assert said["badges"] == ["first"]
    assert said["steps"]["oauth"] == {"done": True}


@pytest.mark.parametrize("changes", [{"finished": False}, {"partial": True}])
def test_part_of_a_run_counts_for_nothing(tmp_path: Path, changes: dict[str, bool]) -> None:
    progress = Progress.load(tmp_path)
    progress.note(STEP, report(Verdict.PASSED, **changes))
    assert progress.best(STEP) is None


@pytest.mark.parametrize("content", ["{", "[]", '{"schema": 2}', "\x00"])
def test_a_file_that_cannot_be_used_is_left_as_it_is(tmp_path: Path, content: str) -> None:
    (tmp_path / "progress.json").write_text(content)
    with pytest.raises(ProgressError, match="move"):
        Progress.load(tmp_path)
    assert (tmp_path / "progress.json").read_text() == content


def test_hints_come_one_after_the_other_and_the_last_one_stays(tmp_path: Path) -> None:
    progress = Progress.load(tmp_path)
    assert [progress.next_hint(STEP, "login-form") for _ in range(4)] == [0, 1, 2, 2]
