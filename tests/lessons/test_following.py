"""Whoever follows a lesson to the letter, from the starter on, ends with the solution."""

import ast
import re
from pathlib import Path

import pytest

from checker.lessons.blocks import blocks
from tests.lessons.following import followed
from tests.lessons.sources import ROOT, program, step_folders

STEPS = pytest.mark.parametrize("folder", step_folders(), ids=lambda folder: folder.name)
TODO = re.compile(r"TODO (\d+) \(lesson: (.+?)\)")


def todos(folder: Path) -> dict[int, tuple[str, str]]:
    """Return number to (file, section of the lesson) of every TODO in a starter."""
    found: dict[int, tuple[str, str]] = {}
    for name, text in program(folder).items():
        for number, section in TODO.findall(text):
            assert int(number) not in found, f"there are two TODO {number}"
            found[int(number)] = (name, section)
    return found


@STEPS
def test_a_lesson_followed_to_the_letter_ends_in_the_solution(folder: Path):
    lesson = (folder / "README.md").read_text("utf-8")
    result = followed(lesson, program(folder))
    solution = program(ROOT / "solutions" / folder.name)
    assert set(result) == set(solution)
    for name, text in solution.items():
        if name.endswith(".py"):
            assert ast.dump(ast.parse(result[name])) == ast.dump(ast.parse(text)), name
        assert result[name] == text, name


@STEPS
def test_the_todos_of_a_starter_are_numbered_from_1(folder: Path):
    assert sorted(todos(folder)) == list(range(1, len(todos(folder)) + 1))


@STEPS
def test_every_todo_has_its_listing_in_the_section_that_it_names(folder: Path):
    lesson = (folder / "README.md").read_text("utf-8")
    listings = {
        block.todo: (block.path.split("/", 2)[2], block.section)
        for block in blocks(lesson)
        if block.todo
    }
    assert listings == todos(folder)


@STEPS
def test_the_caption_above_a_listing_names_its_file_and_its_todo(folder: Path):
    lesson = (folder / "README.md").read_text("utf-8")
    lines = lesson.splitlines()
    for block in blocks(lesson):
        name = block.path.split("/", 2)[-1]
        if block.todo:
            caption = f"**`{name}`, in place of TODO {block.todo}**"
            assert lines[block.start - 4] == caption
        elif block.is_new_file:
            assert lines[block.start - 4] == f"**`{name}`, a new file**"
