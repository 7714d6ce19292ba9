"""``export``: a grader for a platform where instructors already work."""

from __future__ import annotations

import argparse
from pathlib import Path

from checker.commands.workshop import PASSED, Misuse, Workshop, shown
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
    steps = workshop.chosen_steps(options.steps)
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
