"""What the page about the seeds names is there: checks, files, steps."""

import re

import pytest

from checker.course import ROOT, steps

COURSE = steps()
PAGE = (ROOT / "docs" / "seeds.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| asked for")
]
CHECKS = {check.id: step.number for step in COURSE for check in step.new_checks}


def test_every_row_has_its_five_cells() -> None:
    assert ROWS
    assert {len(row) for row in ROWS} == {5}


def test_every_seed_has_a_table() -> None:
    for number in range(5):
        assert f"\n## Seed {number:03d}: " in PAGE


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:40] for row in ROWS])
def test_what_a_row_names_exists(row: list[str]) -> None:
    asked, step, places, proofs, wrong = row
    assert asked
    assert wrong
    if planned := re.fullmatch(r"Part II, (\d+)", step):
        assert int(planned[1]) > len(COURSE), "built by now: say where and by what it is proved"
        assert all((ROOT / place).is_file() for place in in_code(places))
        return
    solution = COURSE[int(step) - 1].solution
    assert in_code(places), "it lives nowhere"
    for place in in_code(places):
        assert (solution / place).is_file() or (ROOT / place).is_file(), place
    assert in_code(proofs), "nothing proves it"
    for proof in in_code(proofs):
        assert proof in CHECKS or (ROOT / proof).is_file(), proof


def in_code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)
