"""The catalogue of mistakes can be read, fits the solution, and says so when it does not."""

import ast
import re
import tomllib

import pytest

from checker.mistakes import Edit, Mistake, MistakeError, apply, load, parse
from tests.lessons.sources import ROOT, program

ENTRY = """
[[mistake]]
id = "any-password"
title = "The password is never compared"
killed_by = "wrong-password"
from = "01.3"
teaches = "Only the password proves who somebody is."

[[mistake.edit]]
file = "app.py"
find = "if right:"
replace = "if True:"
"""


def solution() -> dict[str, str]:
    """Return the files of solution 01."""
    return program(ROOT / "solutions/01-raw-mysql-login")


def mistake(*edits: Edit) -> Mistake:
    """Return a mistake with these edits."""
    return Mistake("one", "A mistake", edits, "app-starts", "Something.", "01.1")


def test_a_step_without_a_catalogue_has_no_mistakes():
    assert load(99) == ()


def test_step_01_has_a_mistake_for_every_check():
    points = tomllib.loads((ROOT / "steps/01-raw-mysql-login/step.toml").read_text("utf-8"))
    assert {mistake.killed_by for mistake in load(1)} == set(points["points"])


def test_every_row_of_the_list_of_checks_has_its_mistake():
    rows = {mistake.source for mistake in load(1) if mistake.source.startswith("01.")}
    assert rows == {f"01.{row}" for row in range(1, 18)}


@pytest.mark.parametrize("each", load(1), ids=lambda each: each.id)
def test_every_mistake_fits_the_solution_and_is_still_a_program(each: Mistake):
    files = apply(each, solution())
    assert files != solution()
    ast.parse(files["app.py"])


@pytest.mark.parametrize("each", load(1), ids=lambda each: each.id)
def test_what_a_mistake_teaches_is_one_sentence(each: Mistake):
    assert re.fullmatch(r"[A-Za-z0-9(].{20,119}\.", each.teaches)
    assert not each.title.endswith(".")
    assert len(each.title) <= 80


def test_edits_are_made_one_after_the_other_and_the_original_is_kept():
    files = {"app.py": "one", "other.py": "other"}
    changed = apply(mistake(Edit("app.py", "one", "two"), Edit("app.py", "two", "three")), files)
    assert changed == {"app.py": "three", "other.py": "other"}
    assert files == {"app.py": "one", "other.py": "other"}


@pytest.mark.parametrize("text, count", [("nothing", 0), ("one one", 2)])
def test_an_edit_that_does_not_fit_exactly_once_is_an_error(text: str, count: int):
    message = f"mistake 'one', edit 1: the text to find occurs {count} times in app.py, not once"
    with pytest.raises(MistakeError, match=message):
        apply(mistake(Edit("app.py", "one", "two")), {"app.py": text})


def test_an_edit_of_a_missing_file_is_an_error():
    with pytest.raises(MistakeError, match=r"the solution has no file 'main\.py'"):
        apply(mistake(Edit("main.py", "one", "two")), {"app.py": "one"})


def test_an_entry_is_read_in_full():
    assert parse(ENTRY, "step_01.toml") == (
        Mistake(
            id="any-password",
            title="The password is never compared",
            edits=(Edit("app.py", "if right:", "if True:"),),
            killed_by="wrong-password",
            teaches="Only the password proves who somebody is.",
            source="01.3",
        ),
    )


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("id = ", "id ", "step_01.toml is not valid TOML"),
        ("[[mistake]]", "[[mutant]]", r"only \[\[mistake\]\] entries may stand there"),
        ('title = "The password is never compared"', "", r"any-password\) has no text 'title'"),
        ('from = "01.3"', "from = 1.3", "has no text 'from'"),
        ('from = "01.3"', 'form = "01.3"', "has an unknown key 'form'"),
        ('replace = "if True:"', "", "edit 1 has no text 'replace'"),
        ('find = "if right:"', 'find = ""', "'find' is empty"),
        ('"if True:"', '"if right:"', "edit 1 changes nothing"),
        ("[[mistake.edit]]", "[mistake.other]", "has an unknown key 'other'"),
        ("[[mistake.edit]]", "[mistake.edit]", r"has no \[\[mistake.edit\]\]"),
    ],
)
def test_an_entry_that_cannot_be_read_is_an_error_that_names_it(old, new, message):
    assert old in ENTRY
    with pytest.raises(MistakeError, match=message):
        parse(ENTRY.replace(old, new), "step_01.toml")


def test_two_mistakes_with_one_name_are_an_error():
    with pytest.raises(MistakeError, match="two mistakes are called 'any-password'"):
        parse(ENTRY + ENTRY, "step_01.toml")
