"""Where no jail can be had (macOS, some containers), an app is a plain process with limits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from everybodys_view import (
    as_ordinary_user,
    copy_of_the_project,
    everybodys_view,
    temporary_of,
)

from checker.apps import jail as jail_module
from checker.apps.jail import Jail
from checker.apps.trouble import JailError


@pytest.mark.parametrize("user", ["root", "ordinary"] if os.geteuid() == 0 else ["ordinary"])
def test_a_plain_process_has_its_limits_and_ends_with_the_checker(user: str):
    with copy_of_the_project() as project:
        command = everybodys_view(project) + (as_ordinary_user() if user == "ordinary" else [])
        command += [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"]
        command += ["--rootdir", str(project), "tests/hostile/plain_process_checks.py"]
        ran = subprocess.run(
            command,
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(project), "TMPDIR": str(temporary_of(project))},
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_root_is_told_when_nobody_else_can_use_its_python(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jail_module, "_closed_to_others", lambda _place: Path("/root"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(JailError, match="Start the checker as an ordinary user"):
        Jail((), isolated=False)


def test_a_folder_that_only_its_owner_can_enter_is_found(tmp_path: Path):
    (tmp_path / "closed" / "python").mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    found = jail_module._closed_to_others(tmp_path / "closed" / "python")
    assert found is not None
    assert (tmp_path / "closed").is_relative_to(found)
    assert jail_module._closed_to_others(Path("/usr/bin")) is None
