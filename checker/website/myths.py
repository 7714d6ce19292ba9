"""The page of myths: every claim that a notebook tests, with what came out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checker.course import ROOT, Step
from checker.lessons.blocks import anchor, sections
from checker.website import markdown
from checker.website.links import SiteError, rewritten
from checker.website.notebooks import Notebook, notebooks

_PAGE = "myths.md"
_CLAIM = re.compile(r"^\*\*Claim\*\* \((?P<said_in>.+?)\): (?P<claim>.+)$", re.MULTILINE)
_SETTLED = re.compile(r"\*\*Settled\.\*\* (?P<text>.+?)(?: → (?P<where>.+))?$", re.DOTALL)
_BOX = re.compile(r"notebooks/[^/)]+\.ipynb#cell-id=([a-z0-9-]+)")


@dataclass(frozen=True)
class Myth:
    """A claim that a notebook tests.

    :ivar settled: what came out, such as ``False. Signed is not encrypted.``
    :ivar where: a link to the lesson that builds on it, as the notebook has it; or plain words.
    """

    notebook: Notebook
    id: str
    title: str
    claim: str
    said_in: str
    settled: str
    where: str

    @property
    def kind(self) -> str:
        """``true``, ``not so``, or ``depends``."""
        if re.match(r"True\b", self.settled):
            return "true"
        return "not so" if re.match(r"False(?:\.|, twice| since)", self.settled) else "depends"


def pages(course: Sequence[Step], root: Path = ROOT) -> dict[str, str]:
    """Return the page of myths: path below ``docs`` to text."""
    return {_PAGE: _page(myths(root), course, root)}


def myths(root: Path = ROOT) -> list[Myth]:
    """Return every claim of the notebooks in order.

    :raises SiteError: a claim lacks what every claim has.
    """
    found = []
    for notebook in notebooks(root):
        cells = {cell.id: cell for cell in notebook.cells}
        for cell in notebook.cells:
            verdict = cells.get(f"{cell.id}-verdict")
            if verdict is not None:
                found.append(_myth(notebook, cell.id, cell.source, verdict.source))
    return found


def _myth(notebook: Notebook, id: str, source: str, settled: str) -> Myth:
    title = re.match(r"#+ (.+)", source)
    claim = _CLAIM.search(source)
    result = _SETTLED.match(settled)
    if not (title and claim and result):
        raise SiteError(
            f"{notebook.source}, cell {id}: a claim has a heading, a line `**Claim** (seed …): …`, "
            f"and a cell {id}-verdict that begins with `**Settled.** `. Add what is missing."
        )
    return Myth(
        notebook=notebook,
        id=id,
        title=title[1],
        claim=claim["claim"],
        said_in=claim["said_in"],
        settled=result["text"],
        where=result["where"] or "",
    )


def _page(found: Sequence[Myth], course: Sequence[Step], root: Path) -> str:
    lessons = _Lessons(course)
    counted = {
        kind: sum(myth.kind == kind for myth in found) for kind in ("not so", "depends", "true")
    }
    parts = [
        markdown.head("Myths, tested", "the notebooks") + "# Myths, tested",
        f"{len(found)} claims about logging in with Flask, as tutorials make them. A cell in a "
        "notebook tests each: follow the link, decide what the cell will print, and run it in the "
        f"page. {counted['not so']} are not so, {counted['depends']} depend on something"
        + (f", {counted['true']} hold." if counted["true"] else "; none holds as it stands."),
    ]
    group = ""
    for myth in found:
        if myth.notebook.title != group:
            group = myth.notebook.title
            parts.append(f"## {group.partition('. ')[2] or group}")
        parts.append(_entry(myth, lessons, root))
    return "\n\n".join(parts) + "\n"


def _entry(myth: Myth, lessons: _Lessons, root: Path) -> str:
    source = myth.notebook.source
    settled = rewritten(myth.settled, source, root, _PAGE)
    about = [f"[Run it](notebooks/{myth.notebook.name}.md#cell-{myth.id})"]
    if box := lessons.box(myth.id):
        about.append(box)
    if (where := lessons.named(rewritten(myth.where, source, root, _PAGE))) != box:
        about.append(where)
    return "\n\n".join(
        [
            f"### {myth.title} {{ #{myth.id} }}",
            f"“{myth.claim}” ({myth.said_in})",
            f"**{myth.kind.capitalize()}.** {settled.removeprefix('False. ')}",
            " · ".join(one for one in about if one),
        ]
    )


class _Lessons:
    """The sections of the lessons, by what notebooks call them."""

    def __init__(self, course: Sequence[Step]) -> None:
        self._titles: dict[str, str] = {}
        self._boxes: dict[str, str] = {}
        for step in course:
            lesson = (step.folder / "README.md").read_text(encoding="utf-8")
            for heading in sections(lesson):
                place = f"lessons/{step.name}.md#{anchor(heading)}"
                self._titles[place] = f"Step {step.number}: {heading}"
                if heading.startswith("Myth: "):
                    self._boxes |= {found: place for found in _BOX.findall(lesson)}

    def box(self, myth: str) -> str:
        """Return a link to the lesson that has a claim in a box of its own, or nothing."""
        place = self._boxes.get(myth)
        return self._link(place) if place else ""

    def named(self, link: str) -> str:
        """Return a link with the heading that it leads to, or the words that there are."""
        place = link.partition("](")[2].rstrip(")")
        return self._link(place) if place in self._titles else link

    def _link(self, place: str) -> str:
        return f"[{self._titles[place]}]({place})"
