"""Following a lesson to the letter, as a student does who copies every listing."""

import re
from collections.abc import Mapping

from checker.lessons.blocks import blocks

_REMOVED = re.compile(r"rm steps/[^/\s]+/(\S+)")


def put_in_place(text: str, todo: int, listing: str) -> str:
    """Return a starter's file with a listing in place of a numbered TODO.

    The TODO is its comment and what stands below it, up to the line that says ``End of TODO`` with
    the same number or, without such a line, up to the next empty one. The listing takes on the
    comment's indentation. This is the rule that the lessons give to the student.
    """
    lines = text.splitlines()
    ends = _lines_with(rf"\bEnd of TODO {todo}\b", lines)
    found = [line for line in _lines_with(rf"\bTODO {todo}\b", lines) if line not in ends]
    assert len(found) == 1, f"TODO {todo} stands on {len(found)} lines of the starter, not on one"
    assert len(ends) <= 1, f"TODO {todo} ends {len(ends)} times"
    start = found[0]
    if ends:
        end = ends[0] + 1
    else:
        end = next((n for n in range(start, len(lines)) if not lines[n].strip()), len(lines))
    assert start < end, f"TODO {todo} ends before it begins"
    indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
    lines[start:end] = [(indent + line).rstrip() for line in listing.splitlines()]
    return "\n".join(lines) + "\n"


def followed(lesson: str, starter: Mapping[str, str]) -> dict[str, str]:
    """Return the starter's files (path in the step's folder to text) after the whole lesson."""
    files = dict(starter)
    for block in blocks(lesson):
        name = block.path.split("/", 2)[2] if block.kind == "listing" else ""
        if block.todo:
            files[name] = put_in_place(files[name], block.todo, block.text)
        elif block.is_new_file:
            assert name not in files, f"{name} is there already"
            files[name] = block.text + "\n"
        elif block.language == "sh":
            for removed in _REMOVED.findall(block.text):
                del files[removed]
    return files


def _lines_with(pattern: str, lines: list[str]) -> list[int]:
    return [number for number, line in enumerate(lines) if re.search(pattern, line)]
