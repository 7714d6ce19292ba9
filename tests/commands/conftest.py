"""A copy of the project for commands to change, started as a person would start it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.course import ROOT
from tests.clones import NOT_IN_A_CLONE

_LEFT_OUT = shutil.ignore_patterns(*NOT_IN_A_CLONE, "tests", "docs")
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh clone, more or less; the database template is not made again for each."""
    copy = tmp_path / "project"
    shutil.copytree(ROOT, copy, ignore=_LEFT_OUT)
    cache = ROOT / ".workshop" / "cache"
    if cache.is_dir():
        shutil.copytree(cache, copy / ".workshop" / "cache", dirs_exist_ok=True)
    return copy


@pytest.fixture
def command(project: Path) -> Command:
    """Type ``python3 -m checker …`` in that clone."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "checker", *arguments],
            cwd=project,
            env=os.environ | {"NO_COLOR": "1", "COLUMNS": "100"} | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def solved(project: Path) -> Path:
    """The same clone, with step 1 done."""
    folder = project / "steps" / "01-raw-mysql-login"
    solution = project / "solutions" / "01-raw-mysql-login"
    for name in ("app.py", "templates"):
        source, target = solution / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)
    return folder
