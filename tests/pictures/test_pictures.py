"""Pictures in the documentation show what the programs do today."""

import re

import pytest

from tests.pictures import terminals, verdict

DRAWN = [verdict.PICTURE, *sorted(terminals.FOLDER.glob("*.svg"))]


def test_the_verdict_in_the_readme_is_what_a_student_sees() -> None:
    drawn = verdict.PICTURE.read_text(encoding="utf-8")
    assert drawn == verdict.draw(), "run python -m tests.pictures.verdict"


@pytest.mark.parametrize("name", terminals.PICTURES)
def test_a_terminal_is_what_its_commands_print(name: str) -> None:
    drawn = (terminals.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    now = terminals.PICTURES[name]()
    assert terminals.without_chance(drawn) == terminals.without_chance(now), (
        "run python -m tests.pictures.terminals"
    )


def test_every_terminal_is_one_that_can_be_drawn_again() -> None:
    assert {path.stem for path in terminals.FOLDER.iterdir()} == set(terminals.PICTURES)


@pytest.mark.parametrize("picture", DRAWN, ids=lambda path: path.stem)
def test_a_picture_fetches_nothing(picture) -> None:
    drawn = picture.read_text(encoding="utf-8")
    assert set(re.findall(r"url\((.)", drawn)) == {"#"}, "only parts of itself"
    assert not re.search(r"href=|src=|@import|<script|<image", drawn)
