"""What an app's start is made of: processor milliseconds in this process, without any jail.

``BENCH_STEP`` as for ``test_tapes.py``; prints JSON: for each kind of database the median of each
part. The processor's time, so that what the database server does is not in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(1, str(Path(__file__).parent))
from player import Player

_TIMES = 20


def main() -> None:
    step = json.loads(Path(os.environ["BENCH_STEP"]).read_text())
    tapes = json.loads(Path(step["tapes"]).read_text())
    player = Player(step)
    told: dict[str, dict[str, float]] = {}
    for kind in sorted({tape["kind"] for tape in tapes}):
        tape = next(t for t in tapes if t["kind"] == kind and any(map(_is_usual, t["events"])))
        order = next(event for event in tape["events"] if _is_usual(event))
        spent: dict[str, list[float]] = defaultdict(list)
        for number in range(_TIMES + 1):
            parts = _once(player, tape, order)
            if number:
                for name, milliseconds in parts.items():
                    spent[name].append(milliseconds)
        told[kind] = {name: statistics.median(each) for name, each in spent.items()}
    player.close()
    begin = time.process_time()
    hashlib.scrypt(b"x", salt=b"y" * 16, n=32768, r=8, p=1, maxmem=132 << 20)
    told["hash"] = {"one scrypt hash": 1000 * (time.process_time() - begin)}
    print(json.dumps(told))


def _is_usual(event: dict[str, Any]) -> bool:
    return event["do"] == "start" and event["who"] == "own" and not event["fails"]


def _once(player: Player, tape: dict[str, Any], order: dict[str, Any]) -> dict[str, float]:
    """Start the app on an empty database and ask for its login page twice."""
    parts = {"of it: create_all": 0.0}
    player._tape, player._clients, player._cookies = tape, {}, {}
    player._open_the_door()
    player._empty()
    with _timed_tables(parts):
        parts["importing the app"] = _milliseconds(lambda: player._start(order))
    sources = [file.read_bytes() for file in player.folder("own").glob("*.py")]
    parts["of it: compiling its files"] = _milliseconds(
        lambda: [compile(source, "app.py", "exec", dont_inherit=True) for source in sources]
    )
    client = player._clients[order["app"]]
    parts["first answer"] = _milliseconds(lambda: client.get("/login"))
    parts["second answer"] = _milliseconds(lambda: client.get("/login"))
    return parts


def _milliseconds(function: Callable[[], object]) -> float:
    begin = time.process_time()
    function()
    return 1000 * (time.process_time() - begin)


class _timed_tables:
    """Time ``SQLAlchemy.create_all`` meanwhile."""

    def __init__(self, parts: dict[str, float]) -> None:
        self._parts = parts

    def __enter__(self) -> None:
        from flask_sqlalchemy import SQLAlchemy

        self._class, self._own = SQLAlchemy, SQLAlchemy.create_all

        def create_all(database: Any, *arguments: Any, **named: Any) -> None:
            self._parts["of it: create_all"] += _milliseconds(
                lambda: self._own(database, *arguments, **named)
            )

        SQLAlchemy.create_all = create_all

    def __exit__(self, *_exception: object) -> None:
        self._class.create_all = self._own


if __name__ == "__main__":
    main()
