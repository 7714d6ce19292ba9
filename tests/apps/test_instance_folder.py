"""In a world, the folder `instance` is what it is on a disk: still there after a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from conftest import submission_of
from werkzeug.test import Client

from checker.apps.jail import Jail, World
from checker.apps.submission import Submission

NOTES = """
from pathlib import Path

@app.get("/<text>")
def add(text):
    folder = Path(app.instance_path)
    folder.mkdir(exist_ok=True)
    with (folder / "notes.txt").open("a") as notes:
        notes.write(text)
    return (folder / "notes.txt").read_text()
"""


@pytest.fixture
def world(jails: Callable[..., Jail]) -> Iterator[World]:
    with closing(jails().world()) as world:
        yield world


def note(world: World, submission: Submission, text: str) -> str:
    with world.start(submission, {}) as app:
        return Client(app).get(f"/{text}").text


def test_what_an_app_writes_there_is_there_for_the_next_one(world: World):
    submission = submission_of(NOTES)
    assert note(world, submission, "a") == "a"
    assert note(world, submission, "b") == "ab"


def test_a_file_that_was_handed_in_is_there_once_and_not_put_back(world: World):
    files = submission_of(NOTES).files | {"instance/notes.txt": b"mine"}
    assert note(world, Submission(files), "a") == "minea"
    assert note(world, Submission(files), "b") == "mineab"


def test_outside_of_a_world_every_app_has_a_new_one(start: Callable):
    for _ in range(2):
        assert Client(start(NOTES)).get("/a").text == "a"
