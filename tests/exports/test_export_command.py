"""What `export` writes, for one step and for all, and what it refuses."""

import re
from pathlib import Path

import pytest
import yaml

from checker.cli import main
from checker.course import steps
from checker.exports.writing import PLATFORMS
from checker.reports.exercism import tasks

COURSE = steps()


def test_what_is_there_is_not_replaced_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "autograder.zip").write_text("mine")
    asked = ["export", "gradescope", "--steps", "1", "--out", str(tmp_path)]
    assert main(asked) == 2
    assert "Add --force" in capsys.readouterr().err
    assert (tmp_path / "autograder.zip").read_text() == "mine"
    assert main([*asked, "--force"]) == 0
    assert (tmp_path / "autograder.zip").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("said", "told"), [("7", "There is no step '7'"), ("3-1", "runs backwards. Say 1-3.")]
)
def test_steps_that_make_no_sense_are_misuse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], said: str, told: str
) -> None:
    assert main(["export", "exercism", "--steps", said, "--out", str(tmp_path / "new")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_the_workflow_of_all_steps_hands_every_result_to_the_reporter() -> None:
    files = PLATFORMS["classroom"](COURSE, COURSE, "")
    workflow = yaml.safe_load(files[".github/workflows/classroom.yml"])
    ((_name, job),) = workflow["jobs"].items()
    graders = {step["id"]: step for step in job["steps"] if "id" in step}
    report = job["steps"][-1]
    assert (
        report["with"]["runners"].split(",") == list(graders) == [f"step{n}" for n in range(1, 7)]
    )
    # What the reporter accepts as names, see its src/main.js.
    assert re.fullmatch(r"([a-zA-Z0-9]+,)*[a-zA-Z0-9]+", report["with"]["runners"])
    assert report["env"] == {
        f"{name.upper()}_RESULTS": f"${{{{ steps.{name}.outputs.result }}}}" for name in graders
    }
    for step in COURSE:
        assert f"--steps {step.number} " in graders[f"step{step.number}"]["run"]
        assert f"classroom50/{step.name}/autograder.py" in files


def test_no_file_has_a_gap_left_to_fill() -> None:
    for platform, write in PLATFORMS.items():
        for name, content in write(COURSE[:2], COURSE, "--no-jail").items():
            if not name.endswith((".zip", ".json")) and not name.startswith("checker/"):
                assert b"@{" not in content, (platform, name)


def test_every_step_has_instructions_with_numbered_tasks() -> None:
    files = PLATFORMS["exercism"](COURSE, COURSE, "")
    for step in COURSE:
        text = files[f"exercises/{step.name[3:]}/.docs/instructions.md"].decode()
        lessons = re.findall(r"^See `(.+)`\.$", text, re.MULTILINE)
        assert lessons == tasks([{"lesson": lesson} for lesson in lessons])
        assert len(re.findall(r"^- ", text, re.MULTILINE)) == len(step.points)
