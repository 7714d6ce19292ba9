"""Running a part of the tests as an ordinary user, also where the tests themselves run as root.

Root's Python may lie under a home that nobody else can enter. Bubblewrap shows the machine with
that home replaced by an empty one in which only Python is left; nothing permanent is made.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.clones import NOT_IN_A_CLONE

ROOT = Path(__file__).resolve().parents[2]
#: Exists on every system.
NOBODY = 65534


def everybodys_view(*places: Path) -> list[str]:
    """Return the prefix of a command that lets every user enter ``places`` and use this Python."""
    if os.geteuid() != 0:
        return []
    wanted = {place.resolve() for place in (Path(sys.base_prefix), Path(sys.prefix), *places)}
    closed = {
        folder
        for place in wanted
        for folder in place.parents
        if not folder.stat().st_mode & stat.S_IXOTH
    }
    command = ["bwrap", "--dev-bind", "/", "/", "--die-with-parent"]
    for folder in sorted(closed):
        if not any(parent in closed for parent in folder.parents):
            command += ["--perms", "0755", "--tmpfs", str(folder)]
    for place in sorted(wanted):
        hidden = [folder for folder in place.parents if folder in closed]
        if hidden:
            for folder in reversed([p for p in place.parents if p.is_relative_to(hidden[-1])][:-1]):
                command += ["--dir", str(folder)]
            command += ["--bind", str(place), str(place)]
    return command


def as_ordinary_user() -> list[str]:
    """Return the prefix of a command that makes it an ordinary user's; nothing where it is."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", "--"]


@contextmanager
def copy_of_the_project() -> Iterator[Path]:
    """Give a copy of the project that belongs to the ordinary user, and remove it."""
    folder = Path(tempfile.mkdtemp(prefix="workshop-of-nobody-", dir="/tmp"))
    try:
        skipped = shutil.ignore_patterns(*NOT_IN_A_CLONE)
        copy = Path(shutil.copytree(ROOT, folder / "project", ignore=skipped, symlinks=True))
        folder.chmod(0o755)
        if os.geteuid() == 0:
            for path in (copy, *copy.rglob("*")):
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        yield copy
    finally:
        shutil.rmtree(folder)


def temporary_of(project: Path) -> Path:
    """Return a temporary folder beside a copy of the project, for every user."""
    folder = project.parent / "tmp"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o1777)
    return folder
