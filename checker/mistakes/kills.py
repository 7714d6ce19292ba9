"""Which mistake does this look like? What every catalogued mistake looked like, and the nearest.

``kills.json`` holds, for every mistake, what the check that caught it saw; it is made by
:mod:`checker.mistakes.recording`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from checker.mistakes import Mistake, load
from checker.verdicts.outcomes import CheckResult, Verdict

FILE = Path(__file__).with_name("kills.json")
FAILED = (Verdict.FAILED, Verdict.TIMEOUT)
#: From here on two failures are told in the same words; a mistake's lines are in the code.
_SAME_WORDS, _SAME_LINES = 0.85, 0.75
_LONGEST, _MOST_LINES = 300, 2_000
#: A shorter line, such as ``return account``, stands in many programs.
_TELLING = 16
#: Names and passwords that trials make up, and numbers: different in every run.
_MADE_UP = re.compile(r"(?:Pw-)?[A-Z]?[a-z]{6}\d{3}(?:-[A-Z][a-z]{5}\d{3})?|\d+")
_DATABASE = re.compile(r"^On (?:SQLite|MariaDB): ")


def nearest(
    step: int, results: Iterable[CheckResult], sources: Mapping[str, str]
) -> tuple[str, Mistake] | None:
    """Return the check that failed first and the mistake that its failure looks like.

    A mistake has to be caught by the same check, told in the same words. Where that holds for
    several (a query can be put together from text in many ways), the submission's own lines
    decide; where they do not, nothing is said.

    :param results: all results of a run.
    :param sources: the submission's files that may hold the mistake, name to text.
    """
    failed = next((result for result in results if result.verdict in FAILED), None)
    if failed is None:
        return None
    seen = told(failed.seen)
    alike = [
        mistake
        for mistake in load(step)
        if mistake.killed_by == failed.id
        and _ratio(kills().get(f"{step}/{mistake.id}", ""), seen) >= _SAME_WORDS
    ]
    if len(alike) > 1:
        lines = [line.strip() for text in sources.values() for line in text.splitlines()]
        known = frozenset(lines[:_MOST_LINES])
        scores = {mistake: _has(mistake, known) for mistake in alike}
        best = max(scores.values())
        alike = [mistake for mistake, score in scores.items() if score == best >= _SAME_LINES]
    return (failed.id, alike[0]) if len(alike) == 1 else None


def told(seen: str) -> str:
    """Return what was seen without what differs from run to run."""
    return _MADE_UP.sub("…", _DATABASE.sub("", seen))[:_LONGEST]


@cache
def kills() -> Mapping[str, str]:
    """Return what the check that caught each mistake saw, by ``step/id``."""
    if not FILE.exists():
        return {}
    said: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))["kills"]
    return said


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _SAME_WORDS else 0.0


def _has(mistake: Mistake, lines: frozenset[str]) -> float:
    """Return how much of what makes up a mistake stands among a submission's lines."""
    before = {line.strip() for edit in mistake.edits for line in edit.find.splitlines()}
    after = {line.strip() for edit in mistake.edits for line in edit.replace.splitlines()}
    made = {line for line in after - before if len(line) >= _TELLING}
    if not made:
        return 0.0
    return sum(line in lines for line in made) / len(made)
