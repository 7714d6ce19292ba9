"""What one run of the benchmarks is asked to do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2


@dataclass(frozen=True)
class Options:
    """See ``python3 -m benchmarks --help``.

    :ivar scratch: a folder that is removed at the end.
    """

    scratch: Path
    rounds: int = 5
    steps: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    students: int = 50
    growth: tuple[int, ...] = (10, 100, 1000)
