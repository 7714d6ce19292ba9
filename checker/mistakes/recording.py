"""Recording what every catalogued mistake looks like, by running them all. It takes minutes::

    python -m checker.mistakes.recording           # names the steps that are out of date, exit 1
    python -m checker.mistakes.recording --write   # records those steps

The record carries a digest of what it was made from, which a test compares. ``audit --write``
records as well what its part ``mutants`` saw.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping

from checker.apps.submission import Submission
from checker.course import STATE, Step, steps
from checker.mistakes import apply, load
from checker.mistakes.kills import FAILED, FILE, told
from checker.running import run
from checker.suites.bench import Bench


def made_from(step: Step) -> str:
    """Return a digest of what decides what a step's mistakes look like."""
    sha = hashlib.sha256()
    files = [step.suite, FILE.with_name(f"step_{step.number:02d}.toml")]
    files += [path for path in sorted(step.solution.rglob("*")) if path.is_file()]
    for file in files:
        if file.exists() and "__pycache__" not in file.parts:
            sha.update(file.read_bytes())
    return sha.hexdigest()


def stale(course: list[Step]) -> list[Step]:
    """Return the steps whose mistakes may look otherwise by now."""
    recorded = _recorded()["made_from"]
    return [step for step in course if recorded.get(step.name) != made_from(step)]


def record(step: Step, seen: Mapping[str, str]) -> None:
    """Put on record what a step's mistakes look like.

    :param seen: by the mistake's id, what its check saw, as :func:`told` tells it.
    """
    recorded = _recorded()
    others = {
        key: text
        for key, text in recorded["kills"].items()
        if not key.startswith(f"{step.number}/")
    }
    own = {f"{step.number}/{name}": text for name, text in seen.items()}
    recorded["kills"] = dict(sorted((others | own).items()))
    recorded["made_from"][step.name] = made_from(step)
    text = json.dumps(recorded, indent=1, ensure_ascii=False)
    FILE.write_text(text + "\n", encoding="utf-8")


def _recorded() -> dict[str, dict[str, str]]:
    if not FILE.exists():
        return {"made_from": {}, "kills": {}}
    said: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return said


def _look(step: Step, course: list[Step], bench: Bench) -> dict[str, str]:
    """Run a step's mistakes into the checks that are meant for them."""
    found = {}
    files = {n: d.decode() for n, d in Submission.read(step.solution).files.items()}
    for mistake in load(step.number):
        changed = apply(mistake, files)
        submission = Submission({name: text.encode() for name, text in changed.items()})
        only = [mistake.killed_by]
        for databases in (step.databases[:1], step.databases):  # one is enough for most
            report = run(step, course, submission, bench, only=only, databases=databases)
            if report.results[mistake.killed_by].verdict in FAILED:
                break
        found[mistake.id] = told(report.results[mistake.killed_by].seen)
        print(step.number, mistake.id, flush=True)
    return found


def main(arguments: list[str]) -> int:
    """Say whether the file is up to date, or bring it so; return the exit code."""
    course = steps()
    old = stale(course)
    if arguments != ["--write"]:
        for step in old:
            print(f"{step.name}: run python -m checker.mistakes.recording --write")
        return 1 if old else 0
    with Bench(STATE / "cache") as bench:
        for step in old:
            record(step, _look(step, course, bench))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
