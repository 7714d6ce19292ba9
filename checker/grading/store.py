"""The one file that a class's results are in, written to as they come.

SQLite with a write-ahead log: a grade is there wholly or not at all, whatever kills the process or
fills the disk, and others may read while it is being written. Grades belong to submissions, so
that a group's submission is graded once for all who handed it in.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from checker.grading.fingerprint import differences, environment
from checker.grading.jobs import Graded
from checker.grading.results import ClassResults, Refusal, StepGrade, Student
from checker.verdicts.outcomes import Verdict

FILE = "results.sqlite"
_LOCK = "lock"
#: Counted up when the tables change.
_FORMAT = 1
_TABLES = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE student (
    id TEXT PRIMARY KEY, position INTEGER NOT NULL, name TEXT NOT NULL, "group" TEXT NOT NULL,
    source TEXT NOT NULL, refused TEXT, remedy TEXT
) WITHOUT ROWID;
-- The grades that count, one for each submission and step.
CREATE TABLE grade (
    source TEXT NOT NULL, step INTEGER NOT NULL, submission TEXT NOT NULL, checks TEXT NOT NULL,
    report TEXT NOT NULL, seconds REAL NOT NULL, patience INTEGER NOT NULL,
    graded_at TEXT NOT NULL, changed TEXT NOT NULL, PRIMARY KEY (source, step)
);
-- Those that they have replaced.
CREATE TABLE earlier (
    source TEXT NOT NULL, step INTEGER NOT NULL, submission TEXT NOT NULL, checks TEXT NOT NULL,
    report TEXT NOT NULL, graded_at TEXT NOT NULL, replaced_at TEXT NOT NULL
);
-- What was asked for again and is not done yet, with a JSON list of checks (empty: all).
CREATE TABLE again (
    source TEXT NOT NULL, step INTEGER NOT NULL, checks TEXT NOT NULL, PRIMARY KEY (source, step)
) WITHOUT ROWID;
"""


class StoreError(Exception):
    """The results cannot be read or written; the text says why and what to do."""


@dataclass(frozen=True)
class Kept:
    """What is known of a grade without reading its report.

    :ivar submission: digest of what was graded; :attr:`checks`: of what it was judged by.
    :ivar faults: checks that ended in a fault of the checker's.
    """

    submission: str
    checks: str
    score: float
    max_score: float
    faults: int


class Store:
    """The results of one class.

    :param folder: where the file is, or will be.
    :param write: whether this process grades; only one can at a time.
    :raises StoreError: see there.
    """

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        self.path = folder / FILE
        self._lock: int | None = None
        with _said(self.path):
            if write:
                # Marks are nobody else's business.
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._hold_lock(folder)
                self.path.touch(mode=0o600)
            elif not self.path.is_file():
                raise StoreError(self._nothing_there())
            self._connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            try:
                if write:
                    self._connection.execute("PRAGMA journal_mode = WAL")
                    self._connection.execute("PRAGMA synchronous = FULL")  # safe from power cuts
                self._look_at_format(write=write)
            except BaseException:  # Ctrl-C too: nobody is left to let go of the file and its lock
                self.close()
                raise

    def _hold_lock(self, folder: Path) -> None:
        self._lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            self._lock = None
            raise StoreError(
                f"Another `grade` is writing into {folder}. Wait for it, or name another --out."
            ) from None

    def _look_at_format(self, *, write: bool) -> None:
        """Make the tables where there is nothing yet; only who grades does, which is one."""
        # In this order: whoever makes them meanwhile makes both at once.
        tables = self._connection.execute("SELECT name FROM sqlite_master").fetchall()
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version == _FORMAT:
            return
        if version or tables:
            raise StoreError(
                f"{self.path} was written by another version of the checker (format {version}). "
                "Name another --out."
            )
        if not write:
            raise StoreError(self._nothing_there())
        with self._change():
            for statement in _TABLES.split(";"):
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {_FORMAT}")
            self._set("secret", secrets.token_hex(32))

    def _nothing_there(self) -> str:
        folder = self.path.parent
        return (
            f"There are no results in {folder}. `python3 -m checker grade SUBMISSIONS "
            f"--out {folder}` makes them."
        )

    @property
    def secret(self) -> bytes:
        """What the seeds of this class's runs are made from: nobody who hands in can guess it."""
        return bytes.fromhex(self._get("secret"))

    # -- the class ------------------------------------------------------------------------------

    def enrol(self, title: str, steps: Sequence[int], students: Iterable[Student]) -> None:
        """Say who is in the class and which steps are graded; grades stay."""
        with self._change() as change:
            self._set("title", title)
            self._set("steps", json.dumps(list(steps)))
            change.execute("DELETE FROM student")
            change.executemany(
                "INSERT INTO student VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        *(each.id, position, each.name, each.group, each.source),
                        *(
                            (each.refusal.what, each.refusal.remedy)
                            if each.refusal
                            else 2 * (None,)
                        ),
                    )
                    for position, each in enumerate(students)
                ),
            )

    def refuse(self, source: str, refusal: Refusal) -> None:
        """Note that a submission cannot be graded, for all who handed it in."""
        with self._change() as change:
            change.execute(
                "UPDATE student SET refused = ?, remedy = ? WHERE source = ?",
                (refusal.what, refusal.remedy, source),
            )

    # -- grades ---------------------------------------------------------------------------------

    def kept(self) -> dict[tuple[str, int], Kept]:
        """Return what grades there are, by submission and step."""
        with _said(self.path):
            rows = self._connection.execute(
                "SELECT source, step, submission, checks, json_extract(report, '$.score'),"
                " json_extract(report, '$.max_score'),"
                f" coalesce(json_extract(report, '$.counts.{Verdict.ERROR}'), 0) FROM grade"
            )
            return {(row[0], row[1]): Kept(*row[2:]) for row in rows}

    def keep(self, source: str, step: int, checks: str, graded: Graded) -> tuple[Kept, str]:
        """Keep a grade in place of the one before.

        :returns: what is kept, and why it differs from the one before.
        """
        new = json.loads(graded.report)
        with self._change() as change:
            row = change.execute(
                "SELECT submission, checks, report FROM grade WHERE source = ? AND step = ?",
                (source, step),
            ).fetchone()
            now = datetime.now(UTC).isoformat(timespec="seconds")
            changed = ""
            if row is not None:
                old = json.loads(row[2])
                if new["partial"]:
                    new = _merged(old, new)
                changed = _why(old, new, checks_changed=row[1] != checks)
                change.execute(
                    "INSERT INTO earlier SELECT source, step, submission, checks, report,"
                    " graded_at, ? FROM grade WHERE source = ? AND step = ?",
                    (now, source, step),
                )
            change.execute(
                "INSERT OR REPLACE INTO grade VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(source, step, new["submission"]["digest"], checks, json.dumps(new)),
                    *(graded.seconds, graded.patience, now, changed),
                ),
            )
            change.execute("DELETE FROM again WHERE source = ? AND step = ?", (source, step))
        digest: str = new["submission"]["digest"]
        faults = new["counts"].get(Verdict.ERROR, 0)
        return Kept(digest, checks, new["score"], new["max_score"], faults), changed

    def ask_again(self, wanted: Iterable[tuple[str, int]], checks: Sequence[str]) -> None:
        """Note grades that are to be made again; the note outlives this process."""
        with self._change() as change:
            change.executemany(
                "INSERT OR REPLACE INTO again VALUES (?, ?, ?)",
                ((source, step, json.dumps(list(checks))) for source, step in wanted),
            )

    def asked_again(self) -> dict[tuple[str, int], tuple[str, ...]]:
        """Return the grades that are to be made again, with the checks (none: all of them)."""
        with _said(self.path):
            rows = self._connection.execute("SELECT source, step, checks FROM again")
            return {(row[0], row[1]): tuple(json.loads(row[2])) for row in rows}

    def note(self, key: str, value: str) -> None:
        """Keep something about the class as a whole."""
        with self._change():
            self._set(f"note:{key}", value)

    def noted(self, key: str) -> str:
        """Return what :meth:`note` has kept, or nothing."""
        return self._get(f"note:{key}")

    # -- reading --------------------------------------------------------------------------------

    def results(self) -> ClassResults:
        """Return the class as far as it has been graded."""
        with _said(self.path):
            students = [
                Student(
                    *(row[0], row[1], row[2], row[3]),
                    None if row[4] is None else Refusal(row[4], row[5]),
                )
                for row in self._connection.execute(
                    'SELECT id, name, "group", source, refused, remedy FROM student'
                    " ORDER BY position"
                )
            ]
            steps = tuple(json.loads(self._get("steps") or "[]"))
            return ClassResults(
                self._get("title"), steps, tuple(students), dict(self._grades(students, steps))
            )

    def _grades(
        self, students: Iterable[Student], steps: Sequence[int]
    ) -> Iterator[tuple[tuple[str, int], StepGrade]]:
        sharing: dict[str, list[Student]] = {}
        for student in students:
            if student.refusal is None:
                sharing.setdefault(student.source, []).append(student)
        for source, step, report, seconds, at, changed in self._connection.execute(
            "SELECT source, step, report, seconds, graded_at, changed FROM grade"
        ):
            if step in steps and source in sharing:
                read: Mapping[str, Any] = json.loads(report)
                for student in sharing[source]:
                    grade = StepGrade(student.id, step, read, seconds, at, changed)
                    yield (student.id, step), grade

    # -- SQLite ---------------------------------------------------------------------------------

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """Change something wholly or not at all."""
        with _said(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _get(self, key: str) -> str:
        row = self._connection.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return "" if row is None else str(row[0])

    def _set(self, key: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, value))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Put what the disk or SQLite says into a sentence."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise StoreError(
            f"{path} cannot be used: {said}. What it holds is safe; make room or mend that, and "
            "give the same command again: it goes on from there."
        ) from error


def _why(old: Mapping[str, Any], new: Mapping[str, Any], *, checks_changed: bool) -> str:
    """Say why a grade differs from the one before; nothing where it does not."""
    if _verdicts(old) == _verdicts(new):
        return ""
    reasons = []
    if old["submission"]["digest"] != new["submission"]["digest"]:
        reasons.append("the submission changed")
    if checks_changed:
        reasons.append("the checks changed")
    both_ran = old["versions"] and new["versions"]
    if both_ran and (different := differences(environment(old), environment(new))):
        reasons.append(f"the environment changed ({different})")
    return " and ".join(reasons) or (
        "nothing that is recorded changed: the app does not always behave the same"
    )


def _verdicts(report: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    return [(check["id"], check["verdict"], check["points"]) for check in report["checks"]]


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Put the checks of a partial report into a whole one, and add everything up anew."""
    again = {check["id"]: check for check in new["checks"]}
    checks = [again.get(check["id"], check) for check in old["checks"]]
    counts: dict[str, int] = {}
    for check in checks:
        counts[check["verdict"]] = counts.get(check["verdict"], 0) + 1
    notices = [*old["notices"], *(each for each in new["notices"] if each not in old["notices"])]
    return {
        **old,
        "score": sum(check["points"] for check in checks),
        "max_score": sum(c["max_points"] for c in checks if c["verdict"] != Verdict.ERROR),
        "passed": all(c["verdict"] in (Verdict.PASSED, Verdict.FLAKY) for c in checks),
        "counts": counts,
        "checks": checks,
        "notices": notices,
        "versions": new["versions"],
        "isolated": new["isolated"],
    }
