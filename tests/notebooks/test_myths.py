"""Every claim of the notebook of myths is complete and in the index, and lessons link to theirs."""

import re
from pathlib import Path

import nbformat
import pytest

from tests.lessons.blocks import anchor, sections
from tests.lessons.sources import ROOT, step_folders
from tests.notebooks.hygiene import read

CELLS = {cell.id: cell for cell in nbformat.reads(read("05"), as_version=4).cells}
CLAIMS = {id: cell for id, cell in CELLS.items() if f"{id}-verdict" in CELLS}
#: Letters, digits, underscores, hyphens and dots: an anchor that JupyterLab, nbconvert and a site
#: all make alike, but for case.
TITLE = re.compile(r"### ([\w.-]+( [\w.-]+)*)")


def title(id: str) -> str:
    """Return the heading of a claim."""
    found = TITLE.fullmatch(CLAIMS[id].source.splitlines()[0])
    assert found, f"{id}: its heading makes no safe anchor"
    return found[1]


def test_there_are_at_least_25_claims() -> None:
    assert len(CLAIMS) >= 25
    assert {id for id in CELLS if id.startswith("myth-")} == {
        id + end for id in CLAIMS for end in ("", "-run", "-verdict")
    }


@pytest.mark.parametrize("id", CLAIMS)
def test_a_claim_is_said_predicted_run_and_settled(id: str) -> None:
    order = list(CELLS)
    start = order.index(id)
    assert order[start : start + 3] == [id, f"{id}-run", f"{id}-verdict"]
    assert re.search(r"^\*\*Claim\*\* \(.+\): .+$", CLAIMS[id].source, re.M)
    assert re.search(r"^\*\*Predict\.\*\* .+\?", CLAIMS[id].source, re.M)
    assert "expect(" in CELLS[f"{id}-run"].source
    assert "✓" in CELLS[f"{id}-run"].outputs[-1].text
    assert CELLS[f"{id}-verdict"].source.startswith("**Settled.** ")


@pytest.mark.parametrize("id", CLAIMS)
def test_a_verdict_leads_to_a_section_of_a_lesson_or_to_a_step_that_is_planned(id: str) -> None:
    where = CELLS[f"{id}-verdict"].source.rpartition("→ ")[2]
    if planned := re.fullmatch(r"step (\d+) \(planned\)", where):
        assert int(planned[1]) > len(step_folders())
        return
    link = re.fullmatch(r"\[step (\d)\]\(\.\./(steps/\S+/README\.md)#(\S+)\)", where)
    assert link, where
    lesson = ROOT / link[2]
    assert lesson.parent.name.startswith(f"0{link[1]}-")
    assert link[3] in map(anchor, sections(lesson.read_text("utf-8")))


def test_the_index_leads_to_every_claim_in_order() -> None:
    linked = re.findall(r"^\| \d+ \| \[(.+?)\]\(#(.+?)\) \|", CELLS["index"].source, re.M)
    assert linked == [(title(id), title(id).replace(" ", "-")) for id in CLAIMS]


@pytest.mark.parametrize("folder", step_folders(), ids=lambda folder: folder.name)
def test_the_myth_of_a_lesson_leads_to_the_cell_that_settles_it(folder: Path) -> None:
    lesson = (folder / "README.md").read_text("utf-8")
    box = lesson.partition("\n## Myth: ")[2].partition("\n## ")[0]
    link = re.search(
        r"^Run it: \[(.+)\]\(\.\./\.\./notebooks/05-myths\.ipynb#cell-id=(.+)\)$", box, re.M
    )
    assert link, "the myth has no link to its cell"
    assert title(link[2]) == link[1]
