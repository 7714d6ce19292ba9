"""How long a student waits for a verdict: ``python3 -m benchmarks.verdict [--rounds N]``."""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.ground import COURSE, mistaken, write
from checker.apps.submission import Submission
from checker.mistakes import Mistake

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    rows = {
        "Python that does nothing": command([sys.executable, "-c", ""], rounds),
        "check 1 --solution": command(
            [sys.executable, "-m", "checker", "check", "1", "--solution"], rounds
        ),
        "watch: from saving to the verdict": watching(rounds),
    }
    print(f"{'seconds, median of ' + str(rounds):<36}{'median':>8}{'fastest':>9}{'slowest':>9}")
    for name, seconds in rows.items():
        middle = statistics.median(seconds)
        print(f"{name:<36}{middle:>8.3f}{min(seconds):>9.3f}{max(seconds):>9.3f}")


def command(line: list[str], rounds: int) -> list[float]:
    """Run a command several times, once more beforehand so that all are warm."""
    seconds = []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        subprocess.run(line, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - begin)
    return seconds[1:]


def watching(rounds: int, step: int = 1, *, mistake: Mistake | None = None) -> list[float]:
    """Save a file of a watched copy of a solution and wait for the verdict, several times.

    :param mistake: one that is made in the copy: then the time counts until the verdict is there
        on the check that failed, which comes before all others.
    """
    waits_for = "Watching" if mistake is None else "Checking all the others"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "app")
        write(mistaken(COURSE[step - 1], mistake) if mistake else files_of(step), folder)
        watcher = subprocess.Popen(
            [sys.executable, "-m", "checker", "watch", str(step), "--path", str(folder)],
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


def files_of(step: int) -> dict[str, bytes]:
    """Return the files of a step's reference app."""
    return dict(Submission.read(COURSE[step - 1].solution).files)


if __name__ == "__main__":
    main()
