"""A checker that is stopped, one way or the other, in the middle of a run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from everybodys_view import ROOT

HANGING = """
from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    import os, time

    os.fork() or os.setsid()
    time.sleep(1000)
"""


@pytest.fixture
def hanging(tmp_path: Path) -> Path:
    """A submission that starts and then answers nothing."""
    (tmp_path / "app.py").write_text(HANGING)
    return tmp_path


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A temporary folder for the checker, with a short name."""
    with tempfile.TemporaryDirectory(prefix="flh-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def started(submission: Path, temporary: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "checker", "check", "1", "--path", str(submission), *options]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(wanted: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not wanted():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def family_in_mid_run(checker: subprocess.Popen[str]) -> list[psutil.Process]:
    """Wait until the app hangs in its second check; return all that the checker has started."""
    stream = ROOT / ".workshop" / "runs" / f"last-{checker.pid}.jsonl"

    def in_the_second_check() -> bool:
        said = stream.read_text() if stream.exists() else ""
        began = '"check-started", "schema": 1, "id": "login-form"' in said
        return began and '"check-finished", "schema": 1, "result": {"id": "app-starts"' in said

    assert until(in_the_second_check, 20), checker.poll()
    leader = psutil.Process(checker.pid)
    family: list[psutil.Process] = []

    def app_has_forked() -> bool:
        family[:] = leader.children(recursive=True)
        return sum("zygote.py" in " ".join(_command(process)) for process in family) >= 4

    assert until(app_has_forked, 5), family
    return family


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def running(processes: list[psutil.Process]) -> list[psutil.Process]:
    left = []
    for process in processes:
        try:
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                left.append(process)
        except psutil.NoSuchProcess:
            pass
    return left


def test_a_checker_that_is_killed_leaves_nothing_running_a_second_later(
    hanging: Path, temporary: Path
):
    with started(hanging, temporary) as checker:
        family = family_in_mid_run(checker)
        checker.kill()
        assert until(lambda: not running(family), 1.0), running(family)
    assert list(temporary.iterdir()), "a killed process cannot remove its folder …"
    with started(hanging, temporary, "--only", "app-starts") as checker:
        said = checker.communicate(timeout=30)
    assert checker.returncode == 0, said
    assert not list(temporary.iterdir()), "… so the next one does"


def test_ctrl_c_ends_cleanly_with_the_partial_report(hanging: Path, temporary: Path):
    with started(hanging, temporary) as checker:
        family = family_in_mid_run(checker)
        checker.send_signal(signal.SIGINT)
        output, errors = checker.communicate(timeout=5)
        assert until(lambda: not running(family), 1.0), running(family)
    assert checker.returncode == 130
    assert "stopped before the end" in output
    assert "1 passed, 22 not run of 23 checks" in output
    assert "Traceback" not in output + errors
    assert errors == ""
    assert not list(temporary.iterdir())


def test_ctrl_c_gives_a_program_its_partial_report_too(hanging: Path, temporary: Path):
    import json

    with started(hanging, temporary, "--json") as checker:
        family = family_in_mid_run(checker)
        checker.send_signal(signal.SIGINT)
        output, errors = checker.communicate(timeout=5)
        assert until(lambda: not running(family), 1.0), running(family)
    assert checker.returncode == 130
    report = json.loads(output)
    assert (report["complete"], report["passed"], report["score"]) == (False, False, 4)
    assert "Traceback" not in errors


def test_ctrl_c_before_anything_has_begun_is_quiet(hanging: Path, temporary: Path):
    with started(hanging, temporary) as checker:
        leader = psutil.Process(checker.pid)
        assert until(lambda: bool(leader.children()), 20)
        family = leader.children(recursive=True)
        checker.send_signal(signal.SIGINT)
        output, errors = checker.communicate(timeout=5)
        assert until(lambda: not running(family), 1.0), running(family)
    assert checker.returncode == 130
    assert "Traceback" not in output + errors
    assert not list(temporary.iterdir())


def test_with_the_real_limits_a_submission_that_hangs_has_its_verdict_in_time(
    hanging: Path, temporary: Path
):
    begin = time.monotonic()
    with started(hanging, temporary) as checker:
        output, errors = checker.communicate(timeout=40)
    assert time.monotonic() - begin < 20
    assert checker.returncode == 1
    assert "still answering GET /login after 4 seconds" in " ".join(output.split())
    assert "Traceback" not in output + errors
    assert not list(temporary.iterdir())
