"""What a student waits for: a command, and ``watch`` from saving a file to the verdict."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks import cost, environment, figures
from benchmarks.figures import Row, Table
from benchmarks.ground import COURSE
from benchmarks.options import Options
from benchmarks.watching import seconds_of_watching
from checker.mistakes import load

#: Seconds from save to verdict that are wanted, by step.
WANTED = {1: 0.3, 6: 1.5}


def measure(options: Options) -> Iterator[Table]:
    """Yield the tables."""
    nothing: list[float] = []
    rows, targets, notes = [], [], []
    for _ in range(options.rounds):
        nothing.append(cost.command([sys.executable, "-c", ""], folder=environment.ROOT).wall)
    rows.append(Row("Python that does nothing", [nothing, [], []]))
    for number in options.steps:
        step = COURSE[number - 1]
        line = [sys.executable, "-m", "checker", "check", str(number), "--solution"]
        seconds = [
            cost.command(line, folder=environment.ROOT, leaves_orphans=True).wall
            for _ in range(options.rounds + 1)
        ][1:]
        watched = seconds_of_watching(options.rounds, step)
        known = load(number)
        mistake = known[len(known) // 2]
        first = seconds_of_watching(options.rounds, step, mistake=mistake)
        rows.append(Row(f"step {number}", [seconds, watched, first]))
        notes.append(f"Step {number}: what failed is `{mistake.killed_by}`, by `{mistake.id}`.")
        if number in WANTED:
            text = f"watch, step {number}, seconds"
            targets.append(figures.limit(text, watched, WANTED[number]))
            targets.append(figures.limit(f"{text}, what failed last", first, WANTED[number]))
    columns = [
        "check --solution",
        "watch, from saving to the verdict",
        "watch, to the verdict on what failed last",
    ]
    yield Table("waiting", "How long a student waits", "seconds", columns, rows, targets, notes)
