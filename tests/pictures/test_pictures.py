"""Pictures in the documentation show what the program does today."""

import re

from tests.pictures.verdict import PICTURE, draw


def test_the_verdict_in_the_readme_is_what_a_student_sees() -> None:
    drawn = PICTURE.read_text(encoding="utf-8")
    assert drawn == draw(), "run python -m tests.pictures.verdict"


def test_the_picture_fetches_nothing() -> None:
    drawn = PICTURE.read_text(encoding="utf-8")
    assert set(re.findall(r"url\((.)", drawn)) == {"#"}, "only parts of itself"
    assert not re.search(r"href=|src=|@import|<script|<image", drawn)
