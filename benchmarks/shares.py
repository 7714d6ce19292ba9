"""(g) Where a check's time goes: timed inside, and by switching parts off."""

from __future__ import annotations

import json
import os
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

from benchmarks import cost, environment, suites
from benchmarks.cost import Cost
from benchmarks.errors import BenchmarkError
from benchmarks.figures import Row, Table
from benchmarks.ground import COURSE, Ground, solution
from benchmarks.options import Options
from benchmarks.warm import WarmBench
from checker.apps.jail import Jail, World
from checker.apps.remote import RemoteApp
from checker.apps.submission import Submission
from checker.course import STATE, Step
from checker.databases import Database
from checker.databases.doors import SOCKET
from checker.databases.private import PrivateServer
from checker.databases.server import Route
from checker.databases.session import Session
from checker.suites import judge
from checker.suites.bench import Bench
from checker.suites.trial import Trial
from checker.visitor import pages

START, ASK, END = "starting apps", "waiting for answers", "ending apps"
NEW, LOOK = "a new database each", "looking into the database"
PARSE, REST = "reading pages", "the visitor and the judge"
_KINDS = (START, ASK, END, NEW, LOOK, PARSE, REST)


AS_IT_IS, FREE, TRUE_HASHES = "as it is", "without the jail", "every hash at its true cost"
ALONE = {"mariadb": "on MariaDB alone", "sqlite": "on SQLite alone"}
FLOOR = "the app alone, same requests (floor)"
_SWITCHED = (AS_IT_IS, FREE, *ALONE.values(), TRUE_HASHES, FLOOR)


_PARTS_OF_A_START = (
    "importing the app",
    "of it: compiling its files",
    "of it: create_all",
    "first answer",
    "second answer",
)


class Clock:
    """Shares out a thread's time: to what was entered last, and to nothing twice."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)
        self._inside: list[str] = []
        self._since = time.perf_counter()
        self._thread = threading.get_ident()

    @contextmanager
    def at(self, kind: str) -> Iterator[None]:
        """Count what happens within for ``kind``."""
        self._note()
        if kind == LOOK and NEW in self._inside:
            kind = NEW  # what it takes to make one
        self._inside.append(kind)
        self.calls[kind] += 1
        try:
            yield
        finally:
            self._note()
            self._inside.pop()

    def around(self, function: Callable[..., Any], kind: str) -> Callable[..., Any]:
        """Return a function that does the same and is counted; in other threads it is not."""

        def counted(*arguments: Any, **named: Any) -> Any:
            if threading.get_ident() != self._thread:
                return function(*arguments, **named)
            with self.at(kind):
                return function(*arguments, **named)

        return counted

    def _note(self) -> None:
        now = time.perf_counter()
        if self._inside:
            self.seconds[self._inside[-1]] += now - self._since
        self._since = now


#: What belongs to which share: where it is, its name, the share.
_TIMED: tuple[tuple[object, str, str], ...] = (
    (Jail, "_start", START),
    (Jail, "world", START),
    (RemoteApp, "__call__", ASK),
    (RemoteApp, "finish", END),
    (RemoteApp, "close", END),
    (World, "close", END),
    (PrivateServer, "new_database", NEW),
    (Session, "query", LOOK),
    (World, "look", LOOK),
    (Database, "wait_until_idle", LOOK),
    (Database, "disconnect_app", LOOK),
    (pages, "read_html", PARSE),
    (pages, "find_form", PARSE),
)


def measure(options: Options) -> Iterator[Table]:
    """Yield the tables: for the first and the last step that are asked for."""
    options = replace(options, steps=tuple(sorted({min(options.steps), max(options.steps)})))
    columns = [f"step {number}" for number in options.steps]
    timed: dict[str, list[list[float]]] = {kind: [] for kind in _KINDS}
    switched: dict[str, list[list[float]]] = {}
    calls: list[str] = []
    for step in (COURSE[number - 1] for number in options.steps):
        print(f"  step {step.number} …", flush=True)
        clocks = _timed(step, options)
        for kind in _KINDS:
            timed[kind].append([clock.seconds[kind] for clock in clocks])
        asked = clocks[-1].calls
        calls.append(
            f"Step {step.number}: {asked[START]} app and file-system starts, {asked[ASK]} "
            f"requests, {asked[PARSE]} pages, {asked[LOOK]} looks."
        )
        spent = _switched(step, options)
        for name in _SWITCHED:
            switched.setdefault(name, []).append([each.wall for each in spent.get(name, [])])
    whole = [
        [sum(values) for values in zip(*(timed[kind][n] for kind in _KINDS), strict=True)]
        for n in range(len(columns))
    ]
    yield Table(
        "shares",
        "Where the time of a suite goes, on one warm bench",
        "seconds",
        [*columns, *(f"{column}, share" for column in columns)],
        [
            Row(
                kind,
                [
                    *timed[kind],
                    *(
                        [100 * statistics.median(own) / statistics.median(all_of)]
                        for own, all_of in zip(timed[kind], whole, strict=True)
                    ),
                ],
            )
            for kind in _KINDS
        ]
        + [Row("all", [*whole, *([100.0] for _ in columns)])],
        [],
        ["Shares are per cent.", *calls],
    )
    yield Table(
        "switched",
        "The same suite with a part switched off or on",
        "seconds on the clock",
        columns,
        [Row(name, cells) for name, cells in switched.items()],
    )
    yield _starts(options)


def _starts(options: Options) -> Table:
    """Return what starting an app is made of, by step and kind of database."""
    rows: dict[str, list[float]] = {}
    hashing = 0.0
    with Ground() as ground:
        for number in options.steps:
            file = options.scratch / f"step-{number}.json"  # written for the floor
            spent = cost.command(
                [str(environment.PYTHON), str(environment.HERE / "peers" / "start.py")],
                folder=options.scratch,
                environment=ground.settings | {"BENCH_STEP": str(file)},
            )
            told = json.loads(spent.output.splitlines()[-1])
            hashing = told.pop("hash")["one scrypt hash"]
            for kind, parts in told.items():
                name = {"mariadb": "MariaDB", "sqlite": "SQLite"}[kind]
                rows[f"step {number} on {name}"] = [parts[part] for part in _PARTS_OF_A_START]
    return Table(
        "starts",
        "What an app's start is made of, and its first answer",
        "processor milliseconds of the app's process",
        [*_PARTS_OF_A_START],
        [Row(name, [[each] for each in parts]) for name, parts in rows.items()],
        [],
        [f"One password hash as Werkzeug makes it takes {hashing:.0f} ms."],
    )


def _timed(step: Step, options: Options) -> list[Clock]:
    """Run a suite on one bench with all shares timed; the first round only warms up."""
    folder = solution(step, options.scratch / "shares")
    clocks = []
    with WarmBench(1) as bench:
        for _ in range(options.rounds + 1):
            clock = Clock()
            with ExitStack() as stack:
                for place, name, kind in _TIMED:
                    around = clock.around(getattr(place, name), kind)
                    stack.enter_context(mock.patch.object(place, name, around))
                with clock.at(REST):
                    _, report = bench.run(step, folder)
            if not report.passed:
                raise BenchmarkError(f"The solution of step {step.number} does not pass.")
            clocks.append(clock)
    return clocks[1:]


def _let_out(bench: Bench, submission: Submission) -> None:
    """Let a bench run apps as plain processes of this user, on a server like the others'.

    For reference solutions only: nothing holds them back.
    """
    server = bench._server = PrivateServer.start(STATE / "cache")
    server._route = Route(str(server.socket_directory / SOCKET), "localhost", 3306)
    bench.isolated = False
    # Told that it is not root, it changes no user, who could not enter our Python's folder.
    with mock.patch.object(os, "geteuid", lambda: 1):
        bench.warm_up(submission)


class _TrueHashes(Trial):
    """A trial in which every hash costs what it costs."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named | {"quick_hashes": False})


def _switched(step: Step, options: Options) -> dict[str, list[Cost]]:
    """Run a suite on one bench as it is, without the jail, on one database, with true hashes."""
    folder = solution(step, options.scratch / "switched")
    costs: dict[str, list[Cost]] = defaultdict(list)
    floor = suites.write_step(step, options.scratch)
    with Ground() as ground, WarmBench(1) as jailed, WarmBench(1) as free:
        suites.leave_out_unplayable(floor, ground)
        _let_out(free.bench, Submission.read(folder))
        for number in range(options.rounds + 1):
            spent = {}
            spent[AS_IT_IS], _ = jailed.run(step, folder)
            spent[FREE], _ = free.run(step, folder)
            if len(step.databases) > 1:
                for kind, name in ALONE.items():
                    spent[name], _ = jailed.run(step, folder, databases=[kind])
            with mock.patch.object(judge, "Trial", _TrueHashes):
                spent[TRUE_HASHES], _ = jailed.run(step, folder)
            spent[FLOOR] = suites.floor(floor, ground)
            if number:
                for name, each in spent.items():
                    costs[name].append(each)
    return costs
