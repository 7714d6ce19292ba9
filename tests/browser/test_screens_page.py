"""The pictures that were taken: each page has one in both widths, and they are small and shown."""

import re

from checker.course import ROOT, steps
from tests.browser import png
from tests.browser.screenshots import CLASS_PAGE, size_of, with_sizes

PAGE = ROOT / "docs" / "screens.md"
PICTURES = sorted((ROOT / "docs" / "assets" / "screens").glob("*.png"))
MOST_BYTES = 1_000_000
SHOWN = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)(?:\{([^}]*)\})?", PAGE.read_text(encoding="utf-8"))


def test_every_picture_on_the_page_is_there_and_is_described() -> None:
    assert SHOWN
    for described, place, _ in SHOWN:
        assert described
        assert (PAGE.parent / place).is_file(), place


def test_no_two_pictures_are_described_alike() -> None:
    described = [text for text, place, _ in SHOWN]
    assert len(described) == len(set(described))


def test_every_picture_that_was_taken_is_on_the_page() -> None:
    shown = {PAGE.parent / place for _, place, _ in SHOWN}
    assert shown >= {*PICTURES, CLASS_PAGE}


def test_the_page_keeps_the_place_of_each_picture_free_and_fetches_it_when_it_is_near() -> None:
    for _, place, said in SHOWN:
        assert "loading=lazy" in said, place
        assert re.search(r"\bwidth=\d+ height=\d+\b", said), place
    text = PAGE.read_text(encoding="utf-8")
    assert with_sizes(text) == text


def test_a_size_that_is_wrong_would_be_mended() -> None:
    line = "![a](assets/class-page.png){ width=1 }"
    assert (
        with_sizes(line) == f"![a](assets/class-page.png){{ {size_of(CLASS_PAGE)} loading=lazy }}"
    )


def test_every_page_was_taken_narrow_and_wide() -> None:
    taken: dict[str, set[str]] = {}
    for picture in PICTURES:
        name, _, width = picture.stem.rpartition("-")
        taken.setdefault(name, set()).add(width)
        assert png.size(picture.read_bytes())[0] == int(width)
    assert {name[:2] for name in taken} == {f"{step.number:02d}" for step in steps()}
    assert all(widths == {"360", "1280"} for widths in taken.values()), taken


def test_all_pictures_together_are_small() -> None:
    assert sum(picture.stat().st_size for picture in PICTURES) < MOST_BYTES
