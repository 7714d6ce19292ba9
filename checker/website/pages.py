"""All pages that are made: what they should say, which are out of date, and writing them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from checker.course import ROOT, steps
from checker.mistakes import MistakeError
from checker.website import checks, lessons, mistakes, myths, notebooks, run_files
from checker.website.links import SiteError

#: Folders below ``docs`` in which everything is made.
FOLDERS = ("lessons", "notebooks", "checks", "mistakes", "assets/notebooks")


def made(root: Path = ROOT) -> dict[str, str]:
    """Return every page and picture as it should be: path below ``docs`` to text.

    :raises SiteError: a source cannot be made a page.
    """
    course = steps(root)
    try:
        return {
            **lessons.pages(course, root),
            **notebooks.pages(root),
            **checks.pages(course),
            **mistakes.pages(course),
            **myths.pages(course, root),
            **run_files.pages(root),
        }
    except MistakeError as error:
        raise SiteError(str(error)) from error


def stale(root: Path = ROOT) -> list[str]:
    """Return the paths below ``docs`` that are missing, differ, or should not be there."""
    return _differing(made(root), root / "docs")


def write(root: Path = ROOT) -> list[str]:
    """Write the pages that are out of date, remove those that are no more; return their paths."""
    wanted = made(root)
    changed = _differing(wanted, root / "docs")
    for path in changed:
        file = root / "docs" / path
        if path in wanted:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(wanted[path], encoding="utf-8")
        else:
            file.unlink()
    return changed


def _differing(wanted: Mapping[str, str], docs: Path) -> list[str]:
    differing = [path for path, text in wanted.items() if _text(docs / path) != text]
    return sorted([*differing, *(set(_there(docs)) - wanted.keys())])


def _there(docs: Path) -> list[str]:
    return [
        path.relative_to(docs).as_posix()
        for folder in FOLDERS
        for path in (docs / folder).rglob("*")
        if path.is_file()
    ]


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
