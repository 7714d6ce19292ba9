"""Pictures in the documentation show what the program does today."""

import re

from tests.pictures.verdict import PICTURE, draw


def test_the_verdict_in_the_readme_is_what_a_student_sees() -> None:
    drawn = PICTURE.read_text(encoding="utf-8")
    assert drawn == draw(), "run python -m tests.pictures.verdict"


def test_the_picture_fetches_nothing() -> None:
    addresses = set(re.findall(r"https?://[^\s\"')<]+", PICTURE.read_text(encoding="utf-8")))
    assert all(address.startswith("http://www.w3.org/") for address in addresses), addresses
