"""A Python that is too old gets a sentence to act on."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRETEND = """
import runpy, sys
sys.version_info = (3, 8, 18, "final", 0)
sys.argv = ["checker", "check", "1"]
runpy.run_module("checker", run_name="__main__")
"""


def old_pythons() -> list[str]:
    """Return the old Pythons of this machine, wherever it keeps them."""
    names = ("python3.6", "python3.7", "python3.8", "python3.9", "python3.10")
    found = [path for name in names if (path := shutil.which(name))]
    found += map(str, Path.home().glob(".pyenv/versions/3.[6-9].*/bin/python"))
    return [path for path in found if not subprocess.call([path, "-c", ""], stderr=-3)]


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_the_door_can_be_read_by_an_old_python(name: str) -> None:
    ast.parse((ROOT / "checker" / name).read_text(), feature_version=(3, 7))


def check_1(command: list[str], path: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": path, "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_an_old_python_is_told_what_to_type(tmp_path: Path) -> None:
    (tmp_path / "python3.13").write_text("#!/bin/sh\nexit 127\n")  # a version manager's empty name
    (tmp_path / "python3.12").write_text("#!/bin/sh\nexit 0\n")
    for name in ("python3.12", "python3.13"):
        (tmp_path / name).chmod(0o755)
    done = check_1([sys.executable, "-c", PRETEND], str(tmp_path))
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "This is Python 3.8; the workshop needs 3.11 or newer.\n"
        "You have a newer one. Type: python3.12 -m checker check 1\n"
    )


def test_where_there_is_no_newer_python_it_says_where_to_get_one(tmp_path: Path) -> None:
    done = check_1([sys.executable, "-c", PRETEND], str(tmp_path))
    assert done.returncode == 3
    assert "python.org" in done.stderr


def test_real_old_pythons_say_so_too() -> None:
    for python in old_pythons():
        done = check_1([python, "-m", "checker", "check", "1"], os.defpath)
        assert done.returncode == 3, (python, done.stderr)
        assert "the workshop needs 3.11 or newer" in done.stderr
