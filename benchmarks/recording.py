"""Recordings: everything that the checker's checks do to a reference solution, in order.

A *tape* is what one check did on one kind of database: which apps it started, each request byte for
byte with its answer, each statement that the checker itself executed, and when it cut the way to
the database. :mod:`benchmarks.peers.player` plays tapes again, in the app's own process.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.errors import BenchmarkError
from benchmarks.ground import COURSE
from benchmarks.options import PROCESSORS
from checker.apps.submission import Submission
from checker.apps.trouble import AppTrouble
from checker.course import STATE, Step
from checker.databases import Database, DatabaseTrouble
from checker.databases.sqlite import SqliteDatabase
from checker.running import run
from checker.suites import judge
from checker.suites.bench import Bench
from checker.suites.trial import Trial, WatchedApp

#: One key for all, so that one app can stand for all of them (see the floor).
SECRET_KEY = hashlib.sha256(b"recorded").hexdigest()
SEED = 20261120
#: Larger bodies are packed, so that reading the tapes takes the players no time.
_LARGE = 4096


Tape = dict[str, Any]


class RecordingError(BenchmarkError):
    """A recording is of no use: the solution did not pass, or a check did something unknown."""


def record(step: Step, into: Path) -> Path:
    """Record a step's whole suite on its solution, and return the file with the tapes.

    It is recorded twice, with the same names and passwords. Pages that were the same both times
    have to be the same again when they are played; of the others only status and target count.

    :raises RecordingError: see there.
    """
    with Bench(STATE / "cache", beside=PROCESSORS - 1) as bench:
        first, second = (_recorded(step, bench) for _ in range(2))
    _forget_what_changes(first, second)
    file = into / f"tapes-{step.number}.json"
    file.write_text(json.dumps(first))
    return file


def requests_in(tapes: Iterable[Tape]) -> int:
    """Return how many requests tapes hold."""
    return sum(event["do"] == "ask" for tape in tapes for event in tape["events"])


def _recorded(step: Step, bench: Bench) -> list[Tape]:
    tapes: list[Tape] = []
    with _recorders(tapes):
        report = run(step, COURSE, Submission.read(step.solution), bench, seed=SEED)
    if not report.passed:
        lost = [each.id for each in report.checks if each.verdict != "passed"]
        raise RecordingError(f"The solution of step {step.number} does not pass: {lost}")
    order = [each.id for each in report.checks]
    return sorted(tapes, key=lambda tape: (order.index(tape["check"]), tape["kind"]))


@contextlib.contextmanager
def _recorders(tapes: list[Tape]) -> Iterator[None]:
    """Let the checks do what they do in trials that take notes, for a while."""

    class Recorded(_RecordedTrial):
        made = tapes

    # Each check on an app of its own, as the tapes' players start them.
    with mock.patch.multiple(judge, Trial=Recorded, _MOST_UNFIT=0):
        yield


class _RecordedTrial(Trial):
    made: list[Tape]

    def __init__(self, bench: Bench, submission: Submission, *others: Any, **more: Any) -> None:
        super().__init__(bench, submission, *others, **more)
        seed = others[3]
        self._secret_key = SECRET_KEY
        self._known: Database | SqliteDatabase | None = None
        self._events: list[dict[str, Any]] = []
        self._tape: Tape = {
            "check": seed.split(":")[1],
            "kind": self.database_kind,
            "quick": self._quick_hashes,
            "began": time.time(),
            "events": self._events,
        }
        self.made.append(self._tape)

    @property
    def database(self) -> Database | SqliteDatabase:
        found = super().database
        if found is not self._known:
            self._known = found
            self._tape["database"] = found.name
            _take_notes(found, self._events)
        return found

    def _start(self, submission: Submission, environment: dict[str, str]) -> WatchedApp:
        settings = self.settings
        given = {
            name: ["setting", name] if settings.get(name) == value else ["text", value]
            for name, value in environment.items()
            if name != "SECRET_KEY" or value != SECRET_KEY
        }
        if environment.get("SECRET_KEY") == SECRET_KEY:
            given["SECRET_KEY"] = ["text", SECRET_KEY]
        event = {
            "do": "start",
            "app": len(self.apps),
            "who": "own" if submission is self.submission else "previous",
            "environment": given,
            "fails": False,
        }
        self._events.append(event)
        try:
            app = super()._start(submission, environment)
        except AppTrouble:
            event["fails"] = True
            raise
        app.remote = _Listened(app.remote, event["app"], self._events)  # type: ignore[assignment]
        return app


class _Listened:
    """A started app that notes what it is asked."""

    def __init__(self, remote: Any, number: object, events: list[dict[str, Any]]) -> None:
        self._remote, self._number, self._events = remote, number, events

    def __getattr__(self, name: str) -> Any:
        return getattr(self._remote, name)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        packed = len(body) > _LARGE
        event: dict[str, Any] = {
            "do": "ask",
            "app": self._number,
            "environ": {name: text for name, text in environ.items() if isinstance(text, str)},
            "body": base64.b64encode(zlib.compress(body) if packed else body).decode(),
            "packed": packed,
            "now": environ.get("checker.now") or time.time(),
        }
        self._events.append(event)

        def noting(status: str, headers: list[tuple[str, str]], *others: Any) -> Any:
            named = [(name.lower(), value) for name, value in headers]
            event["status"] = int(status[:3])
            event["location"] = next((text for name, text in named if name == "location"), None)
            event["cookies"] = [
                text.partition(";")[0].split("=", 1)
                for name, text in named
                if name == "set-cookie" and "=" in text.partition(";")[0]
            ]
            return start_response(status, headers, *others)

        answer = b"".join(self._remote(environ, noting))
        event["digest"] = hashlib.sha256(answer).hexdigest()
        return [answer]


def _take_notes(database: Database | SqliteDatabase, events: list[dict[str, Any]]) -> None:
    """Note each statement of the checker's, and when it cuts the way to the database."""
    execute, disconnect, down = database.execute, database.disconnect_app, database.down

    def noted_execute(sql: str, parameters: Sequence[object] = ()) -> Any:
        event = {"do": "execute", "sql": sql, "parameters": list(parameters), "fails": False}
        json.dumps(event)  # a parameter that is no text or number would be lost
        events.append(event)
        try:
            return execute(sql, parameters)
        except DatabaseTrouble:
            event["fails"] = True
            raise

    def noted_disconnect() -> None:
        events.append({"do": "disconnect"})
        disconnect()

    @contextlib.contextmanager
    def noted_down() -> Iterator[None]:
        events.append({"do": "down"})
        with down():
            yield
        events.append({"do": "up"})

    database.execute = noted_execute  # type: ignore[method-assign]
    database.disconnect_app = noted_disconnect  # type: ignore[method-assign]
    database.down = noted_down  # type: ignore[method-assign]


def _forget_what_changes(tapes: list[Tape], others: list[Tape]) -> None:
    """Keep a page's digest only where both recordings had the same page."""
    again = {(tape["check"], tape["kind"]): tape["events"] for tape in others}
    for tape in tapes:
        events = [each for each in tape["events"] if each["do"] == "ask"]
        twins = [each for each in again[tape["check"], tape["kind"]] if each["do"] == "ask"]
        same = len(events) == len(twins)
        for number, event in enumerate(events):
            if not same or twins[number]["digest"] != event["digest"]:
                event["digest"] = None
