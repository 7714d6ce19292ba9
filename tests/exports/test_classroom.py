"""What is written for GitHub Classroom and for classroom50, run as their runners do."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from platforms import Actions, export, reported, run

SCHEMA = json.loads(Path(__file__).with_name("classroom50.schema.json").read_text())
COMMITTED = "2026-06-01T14:32:01Z"
RUNNER = {
    "CLASSROOM": "cs-principles",
    "ASSIGNMENT": "log-in",
    "ASSIGNMENT_TYPE": "individual",
    "USERNAME": "alice",
    "OWNER": "alice",
    "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "COMMIT_URL": "https://example.org/commit/a1b2c3d",
    "RELEASE_URL": "https://example.org/releases/tag/submit",
    "REVIEW_URL": "https://example.org/compare/a...b",
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export("classroom", tmp_path_factory.mktemp("export"))


def checked_out(template: Path, submission: Path) -> Path:
    """A student's repository: the template's files and the student's own."""
    shutil.copytree(template / ".github", submission / ".github")
    return submission


def test_a_right_submission_is_reported_with_all_points(
    template: Path, right: Path, tmp_path: Path
) -> None:
    actions = Actions.of(checked_out(template, right), tmp_path / "temporary")
    said = reported(actions, actions.run())
    assert (said.points, said.most, said.failure) == (100, 100, "")
    (result,) = said.results
    assert (result["version"], result["status"]) == (1, "pass")
    assert result["tests"][0].keys() == {
        *("name", "status", "score", "message", "test_code", "filename", "line_no", "duration")
    }


def test_a_wrong_submission_is_reported_with_its_points(
    template: Path, wrong: Path, tmp_path: Path
) -> None:
    actions = Actions.of(checked_out(template, wrong), tmp_path / "temporary")
    said = reported(actions, actions.run())
    assert (said.points, said.most, said.failure) == (4, 100, "fail")
    failed = [test for test in said.results[0]["tests"] if test["status"] == "fail"]
    assert "The form is sent by GET" in failed[0]["message"]


def test_what_cannot_be_graded_is_reported(template: Path, refused: Path, tmp_path: Path) -> None:
    actions = Actions.of(checked_out(template, refused), tmp_path / "temporary")
    said = reported(actions, actions.run())
    assert (said.points, said.most, said.failure) == (0, 100, "fail")
    assert "no Python file" in said.results[0]["tests"][0]["message"]


def test_a_checker_that_was_changed_is_not_run(template: Path, right: Path, tmp_path: Path) -> None:
    actions = Actions.of(checked_out(template, right), tmp_path / "temporary")
    archive = next((right / ".github").glob("*.zip"))
    archive.write_bytes(archive.read_bytes() + b"more")
    with pytest.raises(AssertionError, match="FAILED"):
        actions.run()


def test_classroom50_gets_its_result(template: Path, wrong: Path, tmp_path: Path) -> None:
    bundle = template / "classroom50" / "01-raw-mysql-login"
    commit(wrong)
    done = run([sys.executable, str(bundle / "autograder.py")], wrong, **RUNNER)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads((wrong / "result.json").read_bytes())
    jsonschema.validate(result, SCHEMA)
    assert (result["score"], result["max-score"]) == (4, 100)
    assert result["datetime"] == COMMITTED < result["graded_at"]
    assert {name: result[name] for name in ("classroom", "assignment", "owner")} == {
        "classroom": "cs-principles",
        "assignment": "log-in",
        "owner": "alice",
    }
    tests = {test["test-name"]: test for test in result["tests"]}
    assert tests["app-starts"]["passed"] is True
    assert tests["login-form"]["passed"] is False


def test_classroom50_is_told_what_cannot_be_graded(
    template: Path, refused: Path, tmp_path: Path
) -> None:
    bundle = template / "classroom50" / "01-raw-mysql-login"
    done = run([sys.executable, str(bundle / "autograder.py")], refused, **RUNNER)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads((refused / "result.json").read_bytes())
    jsonschema.validate(result, SCHEMA)
    assert (result["score"], result["max-score"]) == (0, 100)
    assert "no Python file" in result["tests"][0]["message"]


def test_classroom50_without_its_variables_is_misuse(template: Path, refused: Path) -> None:
    bundle = template / "classroom50" / "01-raw-mysql-login"
    done = run([sys.executable, str(bundle / "autograder.py")], refused, CLASSROOM="only this")
    assert done.returncode == 2
    assert "sets ASSIGNMENT" in done.stderr
    assert not (refused / "result.json").exists()


def commit(folder: Path) -> None:
    """Make a repository of a folder, as a runner has checked it out."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    for who in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{who}_NAME": "alice", f"GIT_{who}_EMAIL": "alice@example.org"}
        environment[f"GIT_{who}_DATE"] = COMMITTED
    for command in ("init --quiet", "add --all", "commit --quiet --message done"):
        subprocess.run(["git", "-C", str(folder), *command.split()], env=environment, check=True)
