"""The floor: a step's tapes in one warm process, the app imported once, and no isolation at all.

``BENCH_STEP`` as for ``test_tapes.py``, ``BENCH_SERVER`` the database server's process; prints
JSON: what each round took, in seconds on the clock and on the processor, the server's included, and
how many requests there were.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(1, str(Path(__file__).parent))
from player import Player


def processor_seconds() -> float:
    """Return what this process and the database server have used so far, in seconds."""
    fields = (
        Path("/proc", os.environ["BENCH_SERVER"], "stat").read_text().rpartition(")")[2].split()
    )
    ticks = int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    step = json.loads(Path(os.environ["BENCH_STEP"]).read_text())
    tapes = json.loads(Path(step["tapes"]).read_text())
    rounds = int(sys.argv[1])
    player = Player(step, keeps_apps=True)
    measured, wrong, unplayable = [], [], set()
    for number in range(rounds + 1):
        gc.collect()
        player.asked = 0
        before = time.perf_counter(), processor_seconds()
        for tape in tapes:
            try:
                player.play(tape)
            except AssertionError as error:
                wrong.append(f"{tape['check']} on {tape['kind']}: {error}")
                unplayable.add((tape["check"], tape["kind"]))
        if number:  # the first one imports and warms up
            measured.append([time.perf_counter() - before[0], processor_seconds() - before[1]])
    player.close()
    print(
        json.dumps(
            {
                "rounds": measured,
                "asked": player.asked,
                "wrong": wrong,
                "unplayable": sorted(unplayable),
            }
        )
    )


if __name__ == "__main__":
    main()
