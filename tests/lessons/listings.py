"""What every listing and output of the lessons has to say, compared and rewritten.

::

    python -m tests.lessons.listings           # names the lessons that are out of date, exit 1
    python -m tests.lessons.listings --write   # brings them up to date
"""

import argparse
import sys

from checker.lessons.blocks import Block, blocks
from checker.lessons.cutting import cut
from tests.lessons.outputs import OUTPUTS
from tests.lessons.sources import ROOT, mistaken_file, step_folders


def expected(block: Block) -> str:
    """Return what a block must say; an output that nothing generates is left as it stands."""
    match block.kind:
        case "listing":
            text = (ROOT / block.path).read_text("utf-8")
        case "mistake":
            text = mistaken_file(block.name, block.path)
        case "output" if block.name in OUTPUTS:
            return OUTPUTS[block.name]().rstrip("\n")
        case _:
            return block.text
    if not block.part:
        return text.rstrip("\n")
    return cut(text, block.part, python=block.path.endswith(".py"))


def updated(lesson: str) -> str:
    """Return the lesson's text with every block brought up to date."""
    lines = lesson.splitlines()
    for block in reversed(blocks(lesson)):
        lines[block.start : block.end] = expected(block).splitlines()
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Compare every lesson with its files, or rewrite it; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.lessons.listings")
    parser.add_argument("--write", action="store_true", help="bring the lessons up to date")
    write = parser.parse_args(arguments).write

    stale = False
    for folder in step_folders():
        path = folder / "README.md"
        text = path.read_text("utf-8")
        current = updated(text)
        if current == text:
            continue
        stale = True
        if write:
            path.write_text(current, "utf-8")
        print("rewritten:" if write else "out of date:", path.relative_to(ROOT))
    return int(stale and not write)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
