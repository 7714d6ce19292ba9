"""Everything works for an ordinary user, and a submission never runs as root."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from everybodys_view import (
    as_ordinary_user,
    copy_of_the_project,
    everybodys_view,
    temporary_of,
)

IDENTITY = """
import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    status = open("/proc/self/status").read().splitlines()
    power = [line.split()[1].strip("0") for line in status if line.startswith("Cap")]
    return f"root: {0 in (*os.getresuid(), *os.getresgid(), *os.getgroups())} power: {power}"
"""


def ordinary(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project as an ordinary user."""
    temporary = temporary_of(project)
    prefix = everybodys_view(project) + as_ordinary_user()
    return subprocess.run(
        [*prefix, sys.executable, *command],
        cwd=project,
        env={**os.environ, "HOME": str(temporary), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_main_job_works_for_an_ordinary_user_and_never_runs_anything_as_root():
    with copy_of_the_project() as project:
        who = ordinary(project, "-c", "import os; print(os.geteuid())")
        assert int(who.stdout) != 0, who.stderr
        ran = ordinary(project, "-m", "checker", "check", "1", "--solution", "--json")
        assert ran.returncode == 0, ran.stdout + ran.stderr
        report = json.loads(ran.stdout)
        assert report["isolated"]
        assert (report["score"], report["max_score"], report["passed"]) == (100, 100, True)

        (project / "handed-in").mkdir()
        (project / "handed-in" / "app.py").write_text(IDENTITY)
        only = ("--only", "login-form")
        ran = ordinary(project, "-m", "checker", "check", "1", "--path", "handed-in", *only)
        assert ran.returncode == 1, ran.stdout + ran.stderr
        assert "root: False power: ['', '', '', '', '']" in ran.stdout
        assert not list(temporary_of(project).glob("flw-*"))


def test_the_jail_is_as_tight_when_an_ordinary_user_starts_it():
    with copy_of_the_project() as project:
        options = ("-q", "-p", "no:cacheprovider", "-W", "error")
        ran = ordinary(project, "-m", "pytest", *options, "tests/apps/test_confinement.py")
        assert ran.returncode == 0, ran.stdout + ran.stderr
