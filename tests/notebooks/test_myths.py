"""Every claim of the notebooks of myths is complete and in both indexes; lessons link to theirs."""

import re
from pathlib import Path

import nbformat
import pytest

from checker.lessons.blocks import anchor, sections
from tests.lessons.sources import ROOT, step_folders
from tests.notebooks.execute import FOLDER, notebooks

#: The cells by their ids, by the notebooks' names.
BOOKS = {
    path.name: {
        cell.id: cell for cell in nbformat.reads(path.read_text("utf-8"), as_version=4).cells
    }
    for path in notebooks()
    if "-myths-" in path.name
}
#: The claims: id, and the notebook that it is in.
CLAIMS = {id: book for book, cells in BOOKS.items() for id in cells if f"{id}-verdict" in cells}
CELLS = {id: cell for cells in BOOKS.values() for id, cell in cells.items() if "myth-" in id}
#: Letters, digits, underscores, hyphens and dots: an anchor that JupyterLab, nbconvert and a site
#: all make alike, but for case.
TITLE = re.compile(r"### ([\w.-]+( [\w.-]+)*)")


def title(id: str) -> str:
    """Return the heading of a claim."""
    found = TITLE.fullmatch(CELLS[id].source.splitlines()[0])
    assert found, f"{id}: its heading makes no safe anchor"
    return found[1]


def said_in(id: str) -> str:
    """Return who says so."""
    found = re.search(r"^\*\*Claim\*\* \((.+?)\): ", CELLS[id].source, re.M)
    assert found, f"{id}: nobody says so"
    return found[1]


def leads_to(id: str) -> str:
    """Return what stands after the arrow of the verdict."""
    return CELLS[f"{id}-verdict"].source.rpartition("→ ")[2]


def test_there_are_at_least_25_claims() -> None:
    assert len(CLAIMS) >= 25
    assert [id for cells in BOOKS.values() for id in cells if id.startswith("myth-")] == [
        id + end for id in CLAIMS for end in ("", "-run", "-verdict")
    ]


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("README.md", r"try (\d+) things that are said"),
        ("docs/index.md", r"puts (\d+) things that are said"),
        ("notebooks/README.md", r"\[all (\d+) of them\]"),
    ],
)
def test_pages_that_say_how_many_claims_there_are_say_it_right(file: str, says: str) -> None:
    text = " ".join((ROOT / file).read_text("utf-8").split())
    assert re.findall(says, text) == [str(len(CLAIMS))]


@pytest.mark.parametrize("id", CLAIMS)
def test_a_claim_is_said_predicted_run_and_settled(id: str) -> None:
    assert re.search(r"^\*\*Claim\*\* \(.+\): .+$", CELLS[id].source, re.M)
    assert re.search(r"^\*\*Predict\.\*\* .+\?", CELLS[id].source, re.M)
    assert "expect(" in CELLS[f"{id}-run"].source
    assert "✓" in CELLS[f"{id}-run"].outputs[-1].text
    assert CELLS[f"{id}-verdict"].source.startswith("**Settled.** ")


@pytest.mark.parametrize("id", CLAIMS)
def test_a_verdict_leads_to_a_section_of_a_lesson_or_to_a_step_that_is_planned(id: str) -> None:
    where = leads_to(id)
    if planned := re.fullmatch(r"step (\d+) \(planned\)", where):
        assert int(planned[1]) > len(step_folders())
        return
    link = re.fullmatch(r"\[step (\d)\]\(\.\./(steps/\S+/README\.md)#(\S+)\)", where)
    assert link, where
    lesson = ROOT / link[2]
    assert lesson.parent.name.startswith(f"0{link[1]}-")
    assert link[3] in map(anchor, sections(lesson.read_text("utf-8")))


@pytest.mark.parametrize("book", BOOKS)
def test_the_index_of_a_notebook_leads_to_its_claims_in_order(book: str) -> None:
    linked = re.findall(r"^\d+\. \[(.+)\]\(#(.+)\)$", BOOKS[book]["index"].source, re.M)
    here = [id for id in CLAIMS if CLAIMS[id] == book]
    assert linked == [(title(id), title(id).replace(" ", "-")) for id in here]


def test_the_index_of_all_says_of_each_claim_who_said_it_and_where_it_leads() -> None:
    listed = re.findall(
        r"^\| (\d+) \| \[(.+?)\]\((.+?)#cell-id=(.+?)\) \| (.+?) \| (.+) \|$",
        (FOLDER / "README.md").read_text("utf-8"),
        re.M,
    )
    assert listed == [
        (str(number), title(id), book, id, said_in(id), leads_to(id))
        for number, (id, book) in enumerate(CLAIMS.items(), start=1)
    ]


@pytest.mark.parametrize("folder", step_folders(), ids=lambda folder: folder.name)
def test_the_myth_of_a_lesson_leads_to_the_cell_that_settles_it(folder: Path) -> None:
    lesson = (folder / "README.md").read_text("utf-8")
    box = lesson.partition("\n## Myth: ")[2].partition("\n## ")[0]
    link = re.search(r"^Run it: \[(.+)\]\(\.\./\.\./notebooks/(.+)#cell-id=(.+)\)$", box, re.M)
    assert link, "the myth has no link to its cell"
    assert (title(link[3]), CLAIMS[link[3]]) == (link[1], link[2])
