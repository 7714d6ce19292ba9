"""The checker as a zip: what a platform needs to grade, and nothing else of the project."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

from checker.course import ROOT

#: Files and folders of the project that grading reads.
_PARTS = ("checker", "solutions", "requirements.txt", "LICENSE")
_LEFT_OUT = frozenset(("__pycache__", "instance", ".env"))
#: The first moment that a zip can hold: equal contents give equal zips.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def files_of_the_checker(root: Path = ROOT) -> dict[str, bytes]:
    """Return the checker's files by relative name; of the steps, what says what they are.

    The folders under ``steps`` are where people work, so their apps stay at home.
    """
    paths = [path for part in _PARTS for path in _below(root / part)]
    paths += sorted((root / "steps").glob("*/step.toml"))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files by name; what begins with ``#!`` may be executed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _NO_TIME)
            mode = 0o755 if content.startswith(b"#!") else 0o644
            entry.external_attr = (stat.S_IFREG | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def _below(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file()
        and not file.is_symlink()
        and not _LEFT_OUT.intersection(file.parts)
        and file.suffix not in (".pyc", ".sqlite", ".db")
    ]
