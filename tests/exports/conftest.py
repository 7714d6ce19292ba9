"""Submissions to grade on the platforms: a right one, a wrong one, and one that is refused."""

import shutil
from pathlib import Path

import pytest

from checker import mistakes
from checker.course import steps

STEP = steps()[0]


@pytest.fixture
def right(tmp_path: Path) -> Path:
    """The solution of step 1."""
    return shutil.copytree(STEP.solution, tmp_path / "right")


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """The same with a form that is sent by GET, so that all the rest has to wait."""
    folder = shutil.copytree(STEP.solution, tmp_path / "wrong")
    (mistake,) = (one for one in mistakes.load(1) if one.id == "get-form")
    for edit in mistake.edits:
        path = folder / edit.file
        path.write_text(path.read_text().replace(edit.find, edit.replace))
    return folder


@pytest.fixture
def refused(tmp_path: Path) -> Path:
    """A folder without an app."""
    folder = tmp_path / "refused"
    folder.mkdir()
    (folder / "essay.txt").write_text("I did it all by myself.")
    return folder
