"""The test runner for Exercism, called as its machines do."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from platforms import export, run

SCHEMA = json.loads(Path(__file__).with_name("exercism.schema.json").read_text())
SLUG = "raw-mysql-login"


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands for ``/opt/test-runner``."""
    return export("exercism", tmp_path_factory.mktemp("test-runner"))


def results_of(runner: Path, solution: Path, output: Path) -> dict[str, object]:
    output.mkdir()
    done = run([str(runner / "bin" / "run.sh"), SLUG, f"{solution}/", f"{output}/"], output)
    assert done.returncode == 0, done.stderr
    results: dict[str, object] = json.loads((output / "results.json").read_bytes())
    jsonschema.validate(results, SCHEMA)
    return results


def test_a_right_solution_passes_and_every_test_names_a_task(
    runner: Path, right: Path, tmp_path: Path
) -> None:
    results = results_of(runner, right, tmp_path / "output")
    assert results["status"] == "pass"
    tests = results["tests"]
    assert isinstance(tests, list)
    assert len(tests) == 23
    text = (runner / "exercises" / SLUG / ".docs" / "instructions.md").read_text()
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. \S", text, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {test["task_id"] for test in tests} == set(numbers)
    for test in tests:
        section = text.split(f"## {test['task_id']}. ")[1].split("## ")[0]
        assert f"- {test['name']}" in section


def test_a_wrong_solution_fails_at_the_test_that_counts(
    runner: Path, wrong: Path, tmp_path: Path
) -> None:
    results = results_of(runner, wrong, tmp_path / "output")
    assert results["status"] == "fail"
    tests = results["tests"]
    assert isinstance(tests, list)
    first = next(test for test in tests if test["status"] == "fail")
    assert first["name"] == "The login page shows a form that sends the password by POST."
    assert "The form is sent by GET" in first["message"]


def test_what_cannot_be_tested_is_an_error_with_a_message(
    runner: Path, refused: Path, tmp_path: Path
) -> None:
    results = results_of(runner, refused, tmp_path / "output")
    assert results["status"] == "error"
    assert "no Python file" in str(results["message"])
