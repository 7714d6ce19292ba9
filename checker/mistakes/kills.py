"""Which mistake does this look like? What every catalogued mistake did, and the nearest of them.

``kills.json`` holds, for every mistake, the checks that failed on it and what they saw. It is
made by running them all, which takes minutes::

    python -m checker.mistakes.kills --write

and carries a digest of what it was made from, which a test compares.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import NamedTuple

from checker.mistakes import Mistake, apply, load
from checker.verdicts.outcomes import CheckResult, Verdict

_FILE = Path(__file__).with_name("kills.json")
_FAILED = (Verdict.FAILED, Verdict.TIMEOUT)
#: From here on two failures are the same mistake, more likely than not.
_NEAR = 0.8
_LONGEST = 300
#: Names and passwords that trials make up, and numbers: different in every run.
_DATABASE = re.compile(r"^On (?:SQLite|MariaDB): ")
_MADE_UP = re.compile(r"(?:Pw-)?[A-Z]?[a-z]{6}\d{3}(?:-[A-Z][a-z]{5}\d{3})?|\d+")


class Kill(NamedTuple):
    """What a mistake did: check id by what was seen, in the suite's order."""

    mistake: str
    seen: dict[str, str]


def nearest(step: int, results: Iterable[CheckResult]) -> tuple[str, Mistake] | None:
    """Return the check that failed first and the mistake that its failure looks like.

    :param results: all results of a run.
    """
    asked = {result.id for result in results}
    failed = {r.id: told(r.seen) for r in results if r.verdict in _FAILED}
    if not failed:
        return None
    first = next(iter(failed))
    scores = {
        kill.mistake: _likeness(failed, kill.seen, first, asked)
        for kill in kills().get(step, ())
        if next((check for check in kill.seen if check in asked), "") == first
    }
    if not scores or max(scores.values()) < _NEAR:
        return None
    best = max(scores, key=lambda name: scores[name])
    found = next((mistake for mistake in load(step) if mistake.id == best), None)
    return (first, found) if found is not None else None


def told(seen: str) -> str:
    """Return what was seen without what differs from run to run."""
    return _MADE_UP.sub("…", _DATABASE.sub("", seen))[:_LONGEST]


@cache
def kills() -> Mapping[int, tuple[Kill, ...]]:
    """Return what is known of every mistake, by step."""
    if not _FILE.exists():
        return {}
    said = json.loads(_FILE.read_text(encoding="utf-8"))
    return {
        int(step): tuple(Kill(name, seen) for name, seen in entries.items())
        for step, entries in said["kills"].items()
    }


def _likeness(
    failed: Mapping[str, str], known: Mapping[str, str], first: str, asked: set[str]
) -> float:
    """Compare the sets of failed checks, and what the first of them saw; from 0 to 1."""
    theirs = known.keys() & asked
    shared = len(failed.keys() & theirs) / len(failed.keys() | theirs)
    same_words = SequenceMatcher(None, failed[first], known[first], autojunk=False).ratio()
    return 0.4 * shared + 0.6 * same_words


def made_from() -> str:
    """Return a digest of everything that decides what the mistakes do."""
    from checker.course import steps

    sha = hashlib.sha256()
    for step in steps():
        files = [step.suite, _FILE.with_name(f"step_{step.number:02d}.toml")]
        files += [path for path in sorted(step.solution.rglob("*")) if path.is_file()]
        for file in files:
            if file.exists() and "__pycache__" not in file.parts:
                sha.update(file.read_bytes())
    return sha.hexdigest()


def make() -> dict[str, object]:
    """Run every mistake through its step's whole suite and return what ``kills.json`` holds."""
    from checker.apps.submission import Submission
    from checker.course import STATE, steps
    from checker.running import run
    from checker.suites.bench import Bench

    course = steps()
    found: dict[str, dict[str, dict[str, str]]] = {}
    with Bench(STATE / "cache") as bench:
        for step in course:
            entries = found.setdefault(str(step.number), {})
            files = {n: d.decode() for n, d in Submission.read(step.solution).files.items()}
            for mistake in load(step.number):
                changed = apply(mistake, files)
                submission = Submission({name: text.encode() for name, text in changed.items()})
                for databases in (step.databases[:1], step.databases):  # one is enough for most
                    report = run(step, course, submission, bench, databases=databases)
                    seen = {r.id: told(r.seen) for r in report.checks if r.verdict in _FAILED}
                    if mistake.killed_by in seen:
                        break
                entries[mistake.id] = seen
                print(f"{step.number} {mistake.id}: {', '.join(entries[mistake.id])}", flush=True)
    return {"made_from": made_from(), "kills": found}


def main(arguments: list[str]) -> int:
    """Say whether the file is up to date, or write it; return the exit code."""
    if arguments == ["--write"]:
        text = json.dumps(make(), indent=1, ensure_ascii=False)
        _FILE.write_text(text + "\n", encoding="utf-8")
        return 0
    current = _FILE.exists() and json.loads(_FILE.read_text())["made_from"] == made_from()
    print("up to date" if current else "out of date: python -m checker.mistakes.kills --write")
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
