"""(e) Growth: what a submission costs, and what the processes need, as the class gets larger."""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks import cost, environment, figures
from benchmarks.class_of import make
from benchmarks.figures import Row, Table
from benchmarks.options import PROCESSORS, Options
from checker.grading.store import Store

_MB = 1 << 20


class Memory:
    """Samples the resident memory of ``grade`` and of its workers, in MB.

    :ivar samples: by process: ``main``, or a worker's number.
    """

    def __init__(self) -> None:
        self.samples: dict[str, list[float]] = defaultdict(list)

    def watch(self, process: psutil.Process) -> None:
        """Look twice a second until the process ends."""
        try:
            while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                self._look("main", process)
                for child in process.children():
                    if "spawn_main" in " ".join(child.cmdline()):
                        self._look(str(child.pid), child)
                time.sleep(0.5)
        except psutil.Error:
            pass

    def _look(self, name: str, process: psutil.Process) -> None:
        self.samples[name].append(process.memory_info().rss / _MB)

    def most(self, *, main: bool) -> float:
        """Return the most that the main process, or any one worker, ever had."""
        return max((max(had) for had in self._of(main)), default=0.0)

    def growth(self, *, main: bool) -> float:
        """Return how much more there was in the last tenth than in the second, as a ratio."""
        ratios = [1.0]
        for had in self._of(main):
            if (tenth := len(had) // 10) > 1:
                early = statistics.median(had[tenth : 2 * tenth])
                ratios.append(statistics.median(had[-tenth:]) / early)
        return max(ratios)

    def _of(self, main: bool) -> list[list[float]]:
        return [had for name, had in self.samples.items() if (name == "main") == main]


def measure(options: Options) -> Iterator[Table]:
    """Yield the tables; one round of each size."""
    rows, work, whole = [], {}, {}
    growth = 1.0
    for students in options.growth:
        print(f"  {students} submissions …", flush=True)
        folder, out = options.scratch / f"of-{students}", options.scratch / f"of-{students}-results"
        make(folder, students, kinds=4)
        memory = Memory()
        line = [sys.executable, "-m", "checker", "grade", str(folder), "--steps", "1"]
        spent = cost.command(
            [*line, "--out", str(out), "--jobs", str(PROCESSORS)],
            folder=environment.ROOT,
            leaves_orphans=True,
            watch=memory.watch,
        )
        seconds = _seconds(out)
        assert len(seconds) == students
        work[students], whole[students] = statistics.mean(seconds), spent.wall / students
        if students == max(options.growth):
            growth = max(memory.growth(main=True), memory.growth(main=False))
        figures_of_size = (
            work[students],
            whole[students],
            spent.cpu / students,
            memory.most(main=True),
            memory.most(main=False),
        )
        rows.append(Row(f"{students:,} submissions", [[each] for each in figures_of_size]))
    targets = []
    if len(options.growth) > 1:
        least, most = min(options.growth), max(options.growth)
        text = f"a submission among {most:,} / among {least:,}"
        targets = [
            figures.ratio(f"{text}, a worker's seconds", [work[most]], [work[least]], 1.05),
            figures.ratio(f"{text}, whole run, start included", [whole[most]], [whole[least]]),
            figures.limit("memory in the last tenth / in the second tenth", [growth], 1.05),
        ]
    yield Table(
        "growth",
        "Step 1's whole suite for classes of several sizes",
        "seconds per submission; MB",
        [
            "a worker's seconds",
            "whole run / submissions",
            "processor seconds",
            "main process, MB at most",
            "a worker, MB at most",
        ],
        rows,
        targets,
        [f"One round each; {PROCESSORS} workers; three of five apps are right, two are wrong."],
    )


def _seconds(out: Path) -> list[float]:
    """Return how long a worker had each submission."""
    with Store(out) as store:
        found = store._connection.execute("SELECT seconds FROM grade").fetchall()
    return [float(seconds) for (seconds,) in found]
