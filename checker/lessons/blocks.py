"""The fenced blocks of a lesson, and the marker above each that says what it shows.

::

    <!-- listing: solutions/01-raw-mysql-login/app.py#login in place of TODO 5 -->
    <!-- listing: solutions/01-raw-mysql-login/schema.sql -->
    <!-- listing: solutions/03-sqlalchemy/models.py as a new file -->
    <!-- mistake: f-string solutions/01-raw-mysql-login/app.py#find_account -->
    <!-- output: python3 -m checker check 1 -->

A listing is cut from the file (see ``cutting``), and says where it goes in the student's file of
the same name, or that it is a file to be added; a mistake is cut from the solution with that
catalogued mistake in it; an output is generated (see ``outputs``). Commands to type (``sh``) and
diagrams (``mermaid``) need no marker: nothing else in the project says the same.
"""

import re
from dataclasses import dataclass

_MARKERS = {
    "listing": re.compile(
        r"<!-- listing: (?P<path>[^\s#]+)(#(?P<part>.+?))?"
        r"( in place of TODO (?P<todo>\d+)|(?P<new> as a new file))? -->"
    ),
    "mistake": re.compile(r"<!-- mistake: (?P<name>\S+) (?P<path>[^\s#]+)#(?P<part>.+?) -->"),
    "output": re.compile(r"<!-- output: (?P<name>.+?) -->"),
}


#: Languages of blocks that are written in the lesson itself.
WRITTEN_HERE = ("sh", "mermaid")


class LessonError(Exception):
    """A lesson cannot be read; the text has the line and says what is wrong with it."""


@dataclass(frozen=True)
class Block:
    """One fenced block: what its marker says, and its text as it stands in the lesson."""

    kind: str  # "listing", "mistake", "output", or "" without a marker
    language: str
    text: str
    section: str  # the heading it stands under
    start: int  # index of the first line of its text
    end: int  # index of the closing fence
    path: str = ""
    part: str = ""
    todo: int = 0
    name: str = ""
    is_new_file: bool = False


def blocks(lesson: str) -> list[Block]:
    """Return the fenced blocks of a lesson, from top to bottom.

    :raises LessonError: a block is never closed, or stands below a marker that is none of these.
    """
    found = []
    lines = lesson.splitlines()
    section = ""
    opened: int | None = None
    for number, line in enumerate(lines):
        if opened is None and line.startswith("## "):
            section = line.removeprefix("## ")
        if line.startswith("```"):
            if opened is None:
                opened = number
            else:
                found.append(_block(lines, opened, number, section))
                opened = None
    if opened is not None:
        raise LessonError(f"the block opened in line {opened + 1} is never closed")
    return found


def prose(lesson: str) -> str:
    """Return the words that a reader sees: without code blocks, comments, tags and addresses."""
    text = re.sub(r"^```.*?^```$", "", lesson, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"<!--.*?-->|<[^>]+>", " ", text, flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)", "]", text)


def sections(lesson: str) -> list[str]:
    """Return the headings of a lesson's sections in order."""
    return re.findall(r"^## (.+)$", lesson, flags=re.MULTILINE)


def anchor(heading: str) -> str:
    """Return the anchor that GitHub and the site give to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _block(lines: list[str], opened: int, closed: int, section: str) -> Block:
    facts: dict[str, str | None] = {}
    kind = ""
    above = lines[opened - 1] if opened else ""
    for name, marker in _MARKERS.items():
        if match := marker.fullmatch(above):
            kind, facts = name, match.groupdict()
    if not kind and above.startswith("<!--"):
        raise LessonError(f"line {opened}: unknown marker: {above}")
    return Block(
        kind=kind,
        language=lines[opened].removeprefix("```"),
        text="\n".join(lines[opened + 1 : closed]),
        section=section,
        start=opened + 1,
        end=closed,
        path=facts.get("path") or "",
        part=facts.get("part") or "",
        todo=int(facts.get("todo") or 0),
        name=facts.get("name") or "",
        is_new_file=bool(facts.get("new")),
    )
