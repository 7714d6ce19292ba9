"""``export``: a grader for a platform where instructors already work."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from checker.commands.workshop import PASSED, Misuse, Workshop, shown
from checker.course import Step
from checker.exports.writing import PLATFORMS

_WHAT_NEXT = {
    "gradescope": "Upload autograder.zip in the assignment's “Configure Autograder”.",
    "classroom": "Put .github into the template repository, or a folder of classroom50 into its "
    "autograders.",
    "exercism": "Make this folder the test runner's /opt/test-runner.",
}


def export(options: argparse.Namespace) -> int:
    """Write the files for a platform and say what to do with them."""
    workshop = Workshop.open()
    steps = _steps(options.steps, workshop)
    folder = Path(options.out or f"{options.platform}-export").resolve()
    baked = "--no-jail" if options.no_jail else ""
    files = PLATFORMS[options.platform](steps, workshop.course, baked)
    there = [name for name in files if (folder / name).exists()]
    if there and not options.force:
        raise Misuse(f"{folder / there[0]} is there already. Add --force to replace it.")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o755 if content.startswith(b"#!") else 0o644)
    size = sum(map(len, files.values()))
    workshop.console.print(
        f"{len(files)} files, {size / 1024:.0f} KiB, in {shown(folder)}. "
        f"{_WHAT_NEXT[options.platform]} docs/instructors.md says the rest."
    )
    return PASSED


def _steps(said: str | None, workshop: Workshop) -> list[Step]:
    """Return the steps that ``1-3,5`` stands for, in order; all for nothing."""
    if said is None:
        return workshop.course
    numbers: set[int] = set()
    for part in said.split(","):
        span = re.fullmatch(r"\s*(\d+)\s*-\s*(\d+)\s*", part)
        first, last = span.groups() if span else (part.strip(), part.strip())
        begin, end = workshop.step(first).number, workshop.step(last).number
        if begin > end:
            raise Misuse(f"--steps {said}: {part.strip()} runs backwards. Say {end}-{begin}.")
        numbers.update(range(begin, end + 1))
    return [step for step in workshop.course if step.number in numbers]
