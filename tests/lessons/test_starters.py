"""The starter of a step is the solution of the step before, plus comments."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.lessons.sources import ROOT, program, step_folders

#: Stylesheets are not what a lesson is about: a starter has those of its own solution already.
LOOKS = ".css"
COMMENTS = {".html": re.compile(r"\{#.*?#\}", re.DOTALL), ".sql": re.compile(r"--.*")}


def bare(name: str, text: str) -> str:
    """Return what a file does: its syntax tree, or its text without comments and white space."""
    if name.endswith(".py"):
        return ast.dump(ast.parse(text))
    return " ".join(COMMENTS[Path(name).suffix].sub("", text).split())


def programs(folder: Path) -> dict[str, str]:
    """Return the files of an app but for its looks, without comments."""
    return {
        name: bare(name, text) for name, text in program(folder).items() if not name.endswith(LOOKS)
    }


@pytest.mark.parametrize(
    ("before", "folder"), list(pairwise(step_folders())), ids=lambda folder: folder.name
)
def test_a_starter_does_what_the_solution_before_it_does(before: Path, folder: Path):
    assert programs(folder) == programs(ROOT / "solutions" / before.name)


@pytest.mark.parametrize("folder", step_folders()[1:], ids=lambda folder: folder.name)
def test_a_starter_looks_like_its_own_solution_already(folder: Path):
    own = program(ROOT / "solutions" / folder.name)
    assert all(text == own[name] for name, text in program(folder).items() if name.endswith(LOOKS))
