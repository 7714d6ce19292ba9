"""What a grade is made of besides the submission: the checks, and the environment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from checker.course import ROOT, Step

#: What a verdict can depend on. Commands, reports and grading itself only carry it.
_JUDGES = (
    *("apps", "databases", "visitor", "suites", "verdicts", "mistakes"),
    *("running.py", "course.py"),
)
_KINDS = (".py", ".toml", ".json", ".txt", ".html", ".sql", ".css")


def checks_digest(step: Step, course: Sequence[Step]) -> str:
    """Return SHA-256 over all that decides how a step is judged.

    Equal digests mean the same questions, points and words; also between machines.
    """
    sha = hashlib.sha256(_judges_digest().encode())
    for each in course:
        if each.number <= step.number:
            _add(sha, [each.folder / "step.toml", *_files(each.solution)], each.root)
    for own in step.own:
        sha.update(f"{own.file}:{own.check.id}:{own.digest}".encode())
    return sha.hexdigest()


def environment(report: Mapping[str, Any]) -> dict[str, str]:
    """Return what a report (as `check --json` prints it) says of where it was made."""
    return {**report["versions"], "jail": "yes" if report["isolated"] else "no"}


def differences(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """Say what is different between two environments: `Flask 3.1.2 → 3.1.3`."""
    return ", ".join(
        f"{name} {old.get(name, 'none')} → {new.get(name, 'none')}"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    )


@cache
def _judges_digest() -> str:
    sha = hashlib.sha256()
    folder = ROOT / "checker"
    for name in _JUDGES:
        path = folder / name
        _add(sha, [path] if path.is_file() else _files(path), ROOT)
    return sha.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in _KINDS and "__pycache__" not in path.parts and path.is_file()
    )


def _add(sha: hashlib._Hash, files: Sequence[Path], root: Path) -> None:
    for path in files:
        name, content = str(path.relative_to(root)).encode(), path.read_bytes()
        sha.update(b"%d:%s%d:" % (len(name), name, len(content)))
        sha.update(content)
