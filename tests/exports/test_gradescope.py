"""The zip for Gradescope, built and run as Gradescope does."""

import io
import json
import zipfile
from pathlib import Path

import jsonschema
import pytest
from platforms import Gradescope, export

from checker.course import steps
from checker.exports import writing

COURSE = steps()
SCHEMA = json.loads(Path(__file__).with_name("gradescope.schema.json").read_text())


@pytest.fixture(scope="module")
def gradescope(tmp_path_factory: pytest.TempPathFactory) -> Gradescope:
    folder = export("gradescope", tmp_path_factory.mktemp("export"))
    return Gradescope.built_from(folder / "autograder.zip", tmp_path_factory.mktemp("autograder"))


def test_a_right_submission_gets_all_points(gradescope: Gradescope, right: Path) -> None:
    done = gradescope.grade(right)
    assert done.returncode == 0, done.stderr
    results = gradescope.results
    jsonschema.validate(results, SCHEMA)
    assert sum(test["score"] for test in results["tests"]) == 100
    assert sum(test["max_score"] for test in results["tests"]) == 100
    assert {test["status"] for test in results["tests"]} == {"passed"}
    assert [test["number"] for test in results["tests"][:2]] == ["1.1", "1.2"]
    assert "without a jail" not in results["output"]


def test_a_wrong_submission_gets_its_points_and_is_told_why(
    gradescope: Gradescope, wrong: Path
) -> None:
    done = gradescope.grade(wrong)
    assert done.returncode == 0, done.stderr
    results = gradescope.results
    jsonschema.validate(results, SCHEMA)
    tests = {test["extra_data"]["id"]: test for test in results["tests"]}
    assert sum(test["score"] for test in results["tests"]) == 4
    assert tests["app-starts"]["status"] == "passed"
    failed = tests["login-form"]
    assert (failed["status"], failed["score"], failed["max_score"]) == ("failed", 0, 6)
    assert "Looks like: The form is sent by GET." in failed["output"]
    assert tests["right-password"]["output"] == "Not tried: it waits for login-form."


def test_a_submission_cannot_write_its_own_results(gradescope: Gradescope, right: Path) -> None:
    forged = {"score": 100, "output": "forged"}
    targets = [gradescope.base / "results" / "results.json", gradescope.base / "run_autograder"]
    before = targets[1].read_bytes()
    (right / "app.py").write_text(
        f"import json, pathlib\nfor name in {[str(target) for target in targets]!r}:\n"
        "    path = pathlib.Path(name)\n    path.parent.mkdir(parents=True, exist_ok=True)\n"
        f"    path.write_text(json.dumps({forged!r}))\n"
    )
    done = gradescope.grade(right)
    assert done.returncode == 0, done.stderr
    assert "forged" not in json.dumps(gradescope.results)
    assert sum(test["score"] for test in gradescope.results["tests"]) == 0
    assert targets[1].read_bytes() == before


def test_what_cannot_be_graded_is_told(gradescope: Gradescope, refused: Path) -> None:
    done = gradescope.grade(refused)
    assert done.returncode == 0, done.stderr
    jsonschema.validate(gradescope.results, SCHEMA)
    assert gradescope.results["score"] == 0
    assert "no Python file" in gradescope.results["output"]


def test_the_zip_has_the_two_files_at_its_root_and_nobodys_work() -> None:
    content = writing.gradescope(COURSE, COURSE, "")["autograder.zip"]
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        names = set(zipped.namelist())
        script = zipped.getinfo("run_autograder")
    assert {"setup.sh", "run_autograder", "requirements.txt"} < names
    assert script.external_attr >> 16 & 0o777 == 0o755
    steps = {name for name in names if name.startswith("steps/")}
    assert steps == {f"steps/{step.name}/step.toml" for step in COURSE}
    assert not [name for name in names if "__pycache__" in name or name.startswith(".")]
    assert content == writing.gradescope(COURSE, COURSE, "")["autograder.zip"]


def test_without_a_jail_there_are_no_results_rather_than_forgeable_ones(
    gradescope: Gradescope, right: Path
) -> None:
    # A container that allows no namespaces: within this one no further one can be made.
    done = gradescope.grade(
        right,
        *("unshare", "--user", "--map-root-user", "sh", "-c"),
        'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0"',
    )
    assert done.returncode == 3
    assert "No grade: There is no jail for the submissions" in done.stderr
    assert not (gradescope.base / "results" / "results.json").exists()


def test_the_instructor_can_ask_for_a_grader_that_needs_no_jail() -> None:
    content = writing.gradescope(COURSE[:2], COURSE, "--no-jail")["autograder.zip"]
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        assert b"deliver gradescope --steps '1,2' --no-jail" in zipped.read("run_autograder")
