"""Every block of a lesson says what the file or the command behind it says."""

from pathlib import Path

import pytest

from checker.lessons.blocks import WRITTEN_HERE, blocks
from tests.lessons.listings import expected
from tests.lessons.outputs import OUTPUTS, session_cookie
from tests.lessons.sources import ROOT, step_folders

LESSONS = pytest.mark.parametrize("folder", step_folders(), ids=lambda folder: folder.name)


@LESSONS
def test_listings_and_outputs_are_up_to_date(folder: Path):
    for block in blocks((folder / "README.md").read_text("utf-8")):
        assert block.text == expected(block), (
            f"{block.section}: {block.path}{block.name} has changed; "
            "run python -m tests.lessons.listings --write"
        )


@LESSONS
def test_every_block_but_commands_and_diagrams_has_a_marker(folder: Path):
    for block in blocks((folder / "README.md").read_text("utf-8")):
        assert block.kind or block.language in WRITTEN_HERE, f"{block.section}: {block.text}"


@LESSONS
def test_every_output_is_generated(folder: Path):
    lesson = (folder / "README.md").read_text("utf-8")
    shown = {block.name for block in blocks(lesson) if block.kind == "output"}
    assert shown <= set(OUTPUTS)


def test_the_cookie_that_lesson_1_opens_is_the_one_that_flask_makes():
    lesson = (ROOT / "steps/01-raw-mysql-login/README.md").read_text("utf-8")
    assert f"b64decode('{session_cookie().partition('.')[0]}')" in lesson
