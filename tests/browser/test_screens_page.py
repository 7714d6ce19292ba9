"""The pictures that were taken: every page has one in both widths, and they stay small."""

import re

from checker.course import ROOT, steps

PAGE = ROOT / "docs" / "screens.md"
PICTURES = sorted((ROOT / "docs" / "assets" / "screens").glob("*.png"))
MOST_BYTES = 1_500_000


def test_every_picture_on_the_page_is_there_and_is_described() -> None:
    shown = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", PAGE.read_text(encoding="utf-8"))
    assert shown
    for described, place in shown:
        assert described
        assert (PAGE.parent / place).is_file(), place


def test_every_page_was_taken_narrow_and_wide() -> None:
    taken: dict[str, set[str]] = {}
    for picture in PICTURES:
        name, _, width = picture.stem.rpartition("-")
        taken.setdefault(name, set()).add(width)
    assert {name[:2] for name in taken} == {f"{step.number:02d}" for step in steps()}
    assert all(widths == {"360", "1280"} for widths in taken.values()), taken


def test_all_pictures_together_are_small() -> None:
    assert sum(picture.stat().st_size for picture in PICTURES) < MOST_BYTES
