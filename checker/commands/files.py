"""A student's files: compare them, start them afresh, carry them on. Nothing is ever lost."""

from __future__ import annotations

import argparse
import difflib
import shutil
import time
from pathlib import Path

from rich.text import Text

from checker.apps.submission import LEFT_OUT
from checker.commands.workshop import PASSED, Misuse, Workshop, shown
from checker.course import STATE, Step
from checker.reports.printable import printable

#: As every starter was when it was handed out; ``steps/`` is for the student to change.
STARTERS = Path(__file__).resolve().parent.parent / "starters"
#: Belongs to the step, not to the student's program.
_OF_THE_STEP = frozenset(("README.md", "step.toml"))
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def diff(options: argparse.Namespace) -> int:
    """Show what was changed in a step since its starter, or what differs from the solution."""
    workshop = Workshop.open()
    step = workshop.step(options.step)
    other, name = (step.solution, "solution") if options.solution else (_starter(step), "starter")
    before, after = _texts(other), _texts(step.folder)
    lines = [
        line
        for file in sorted(before.keys() | after.keys())
        for line in difflib.unified_diff(
            before.get(file, "").splitlines(),
            after.get(file, "").splitlines(),
            f"{name}/{file}",
            f"yours/{file}",
            lineterm="",
        )
    ]
    for line in lines:
        workshop.console.print(Text(printable(line), style=_STYLES.get(line[:1], "")))
    if not lines:
        workshop.console.print(f"Step {step.number} is the same as its {name}.")
    return PASSED


def reset(options: argparse.Namespace) -> int:
    """Put the starter back; what was there is kept."""
    workshop = Workshop.open()
    step = workshop.step(options.step)
    starter = _starter(step)
    copy = _keep(step)
    shutil.copytree(starter, step.folder)
    kept = f" Your files are in {shown(copy)}." if copy else ""
    workshop.console.print(f"{shown(step.folder)} is the starter again.{kept}")
    return PASSED


def carry(step: Step, following: Step) -> Path:
    """Put a step's program into the next one's folder; return where that folder's was kept."""
    copy = _keep(following)
    shutil.copytree(step.folder, following.folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for name in _OF_THE_STEP:
        (following.folder / name).unlink(missing_ok=True)
        shutil.copy(_starter(following) / name, following.folder / name)
    assert copy is not None
    return copy


def _keep(step: Step) -> Path | None:
    """Move a step's folder among the backups; ``None`` when there is none."""
    if not step.folder.exists():
        return None
    backups = STATE / "backups"
    backups.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y-%m-%d-%H%M%S")
    number = 0
    while (copy := backups / f"{step.name}-{stamp}{f'-{number}' if number else ''}").exists():
        number += 1
    shutil.move(step.folder, copy)
    return copy


def _starter(step: Step) -> Path:
    folder = STARTERS / step.name
    if not folder.is_dir():
        raise Misuse(f"{folder} is missing. `git checkout -- {folder}` brings it back.")
    return folder


def _texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not LEFT_OUT & set(path.relative_to(folder).parts)
    }
