"""A lesson keeps the form that readers rely on, and agrees with its step.toml."""

import re
import tomllib
from pathlib import Path

import pytest

from checker.lessons.blocks import anchor, prose, sections
from tests.lessons.sources import step_folders, step_number

STEPS = pytest.mark.parametrize("folder", step_folders(), ids=lambda folder: folder.name)

FIRST = ["Questions and objectives", "Why: "]
LAST = [
    "Your task",
    "Hints",
    "Break it",
    "Myth: ",
    "Check yourself",
    "Key points",
    "References",
    "Next",
]


def read(folder: Path) -> tuple[str, dict]:
    """Return the lesson's text and the step's description."""
    lesson = (folder / "README.md").read_text("utf-8")
    return lesson, tomllib.loads((folder / "step.toml").read_text("utf-8"))


def section(lesson: str, heading: str) -> str:
    """Return the text of one section."""
    return lesson.partition(f"\n## {heading}")[2].partition("\n## ")[0]


@STEPS
def test_the_sections_stand_in_the_fixed_order(folder: Path):
    lesson, _ = read(folder)
    headings = sections(lesson)
    starts = headings[: len(FIRST)] + headings[-len(LAST) :]
    for heading, expected in zip(starts, FIRST + LAST, strict=True):
        assert heading == expected or (expected.endswith(": ") and heading.startswith(expected))
    assert len(headings) > len(FIRST + LAST), "the sections with the change are missing"


@STEPS
def test_no_two_sections_share_an_anchor(folder: Path):
    anchors = [anchor(heading) for heading in sections(read(folder)[0])]
    assert len(anchors) == len(set(anchors))


@STEPS
def test_the_length_is_that_of_one_sitting(folder: Path):
    words = [word for word in prose(read(folder)[0]).split() if re.search(r"\w", word)]
    assert 500 <= len(words) <= 1200


@STEPS
def test_the_head_says_what_step_toml_says(folder: Path):
    lesson, step = read(folder)
    number = step_number(folder.name)
    head = lesson.partition("\n## ")[0]
    assert head.startswith(f"# Step {number}: {step['title']}\n")
    assert f"Step {number} of 6 · about {step['minutes']} minutes" in head
    assert f"You need: {', '.join(step['needs'])}." in head
    assert step["summary"] in head


@STEPS
def test_the_objectives_are_those_of_step_toml(folder: Path):
    lesson, step = read(folder)
    after = section(lesson, "Questions and objectives").partition("After this step you can\n")[2]
    assert re.findall(r"^- (.+)$", after, flags=re.MULTILINE) == step["objectives"]


@STEPS
@pytest.mark.parametrize("heading", ["Hints", "Check yourself"])
def test_three_hints_and_three_answers_are_folded(folder: Path, heading: str):
    text = section(read(folder)[0], heading)
    assert len(re.findall(r"<details><summary>.+?</summary>\n\n.+?\n\n</details>", text)) == 3
    assert not re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL).strip()


@STEPS
def test_the_task_names_the_command_to_run(folder: Path):
    command = f"```sh\npython3 -m checker check {step_number(folder.name)}\n```"
    assert command in section(read(folder)[0], "Your task")


@STEPS
def test_links_to_files_lead_to_files(folder: Path):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", read(folder)[0]):
        assert target.startswith("https://") or (folder / target).exists(), target


@STEPS
def test_the_points_of_a_step_add_up_to_100(folder: Path):
    assert sum(read(folder)[1]["points"].values()) == 100
