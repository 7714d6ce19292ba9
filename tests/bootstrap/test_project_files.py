"""The files at the top of the project say the same thing as each other."""

import re
import tomllib
from pathlib import Path

import pytest

from checker.setup import environment

ROOT = Path(__file__).parents[2]
TEST_COMMAND = "python3 -m checker selftest"
MAIN_COMMAND = "python3 -m checker check 1 --solution"


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_ci_types_the_test_command_that_people_are_told(name: str) -> None:
    assert TEST_COMMAND in re.split(r"[\n`]", (ROOT / name).read_text())


def test_the_workflow_runs_the_ci_script_on_each_supported_python() -> None:
    workflow = (ROOT / ".github/workflows/ci.yml").read_text()
    assert "run: bash .ci/run" in workflow
    about = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    supported = re.findall(r":: (3\.\d+)", "\n".join(about["classifiers"]))
    assert f"python: {supported}".replace("'", '"') in workflow


def test_a_clean_machine_is_tried_with_the_commands_of_the_readme() -> None:
    script = (ROOT / "tests/clean_machine.sh").read_text()
    for command in (MAIN_COMMAND, TEST_COMMAND):
        assert f'attempt root "{command}"' in script
        assert command in (ROOT / "README.md").read_text()


def test_every_requirement_is_pinned_and_developers_have_the_students_packages() -> None:
    student = environment.pins(environment.STUDENT)
    developer = environment.pins(environment.DEVELOPER)
    assert student.items() < developer.items()
    assert all(re.fullmatch(r"[\d.]+", version) for version in developer.values())


def test_the_cards_packages_are_there() -> None:
    packages = (ROOT / environment.STUDENT).read_text()
    for name in (
        *("Flask", "Flask-MySQLdb", "Flask-SQLAlchemy", "Flask-Login", "Werkzeug"),
        *("jupyter", "pytest", "nbval"),
    ):
        assert re.search(rf"^{name}==", packages, re.MULTILINE), name


def test_the_license_is_the_projects() -> None:
    assert "The Flask Login Workshop authors" in (ROOT / "LICENSE").read_text()
