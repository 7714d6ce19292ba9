"""How long ``watch`` takes from saving a file to the verdict."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.environment import ROOT
from benchmarks.ground import mistaken, solution, write
from checker.course import Step
from checker.mistakes import Mistake


def seconds_of_watching(rounds: int, step: Step, *, mistake: Mistake | None = None) -> list[float]:
    """Save a file of a watched copy of a solution and wait for the verdict, several times.

    :param mistake: one that is made in the copy: then the time counts until the verdict is there
        on the check that failed, which comes before all others.
    """
    waits_for = "Watching" if mistake is None else "Checking all the others"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "app")
        if mistake is None:
            solution(step, folder)
        else:
            write(mistaken(step, mistake), folder)
        watcher = subprocess.Popen(
            [sys.executable, "-m", "checker", "watch", str(step.number), "--path", str(folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            # Who was started in the background ignores Ctrl-C, and so would this.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        assert watcher.stdout is not None
        try:
            seconds = []
            for number in range(rounds + 1):
                begin = time.perf_counter()
                if number:
                    with (folder / "app.py").open("a") as file:
                        file.write(f"# {number}\n")
                for line in watcher.stdout:
                    if number and line.startswith(waits_for):
                        seconds.append(time.perf_counter() - begin)
                    if line.startswith("Watching"):
                        break
                time.sleep(0.3)  # the watcher looks again before the next save
            return seconds
        finally:
            watcher.send_signal(signal.SIGINT)
            watcher.communicate(timeout=10)
