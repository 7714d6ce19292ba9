"""Following a lesson to the letter, as a student does who copies every listing."""

import re
from collections.abc import Mapping

from tests.lessons.blocks import blocks


def put_in_place(text: str, todo: int, listing: str) -> str:
    """Return a starter's file with a listing in place of a numbered TODO.

    The TODO is its comment and the lines right below it, up to the next empty line; the listing
    takes on its indentation. This is the rule that the lessons give to the student.
    """
    lines = text.splitlines()
    found = [number for number, line in enumerate(lines) if re.search(rf"\bTODO {todo}\b", line)]
    assert len(found) == 1, f"TODO {todo} stands on {len(found)} lines of the starter, not on one"
    start = found[0]
    end = next((n for n in range(start, len(lines)) if not lines[n].strip()), len(lines))
    indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
    lines[start:end] = [(indent + line).rstrip() for line in listing.splitlines()]
    return "\n".join(lines) + "\n"


def followed(lesson: str, starter: Mapping[str, str]) -> dict[str, str]:
    """Return the starter's files (path in the step's folder to text) after the whole lesson."""
    files = dict(starter)
    for block in blocks(lesson):
        if block.kind == "listing" and block.todo:
            name = block.path.split("/", 2)[2]
            files[name] = put_in_place(files[name], block.todo, block.text)
    return files
