"""Mutants that no check can kill, and no check should: each with the reason.

``equivalent.toml`` holds entries like this one; ``*`` and ``?`` stand for any text::

    [[equivalent]]
    operator = "constant-changed"
    scope = "problems_with*"     # function or class, "" for the top level, a template's name
    before = "254"               # what stood there, and what stands there now
    after = "255"
    steps = [2, 3]               # only these; all when missing
    reason = "…"

An entry speaks of the text and not of lines, so it holds for every step that has the same lines.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from checker.audit.findings import AuditError
from checker.audit.operators import Mutant

FILE = Path(__file__).with_name("equivalent.toml")
_KEYS = {"operator", "scope", "before", "after", "steps", "number", "reason"}


@dataclass(frozen=True)
class Equivalent:
    """Mutants that do the same as the solution, as far as anybody can see from outside.

    :ivar number: which of several equal places; every one when 0.
    """

    operator: str
    reason: str
    scope: str = "*"
    before: str = "*"
    after: str = "*"
    steps: tuple[int, ...] = ()
    number: int = 0

    def covers(self, mutant: Mutant, step: int) -> bool:
        """Tell whether the mutant of a step's solution is one of these."""
        return (
            mutant.operator.name == self.operator
            and (not self.steps or step in self.steps)
            and (not self.number or mutant.number == self.number)
            and _fits(mutant.scope, self.scope)
            and _fits(mutant.before, self.before)
            and _fits(mutant.after, self.after)
        )


@cache
def equivalents() -> Sequence[Equivalent]:
    """Return what ``equivalent.toml`` says.

    :raises AuditError: it says something that it may not say.
    """
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> Sequence[Equivalent]:
    """Return the entries of a file's text.

    :raises AuditError: an entry has no operator or reason, or a key that is not known.
    """
    found = []
    for number, entry in enumerate(tomllib.loads(text).get("equivalent", []), start=1):
        unknown = sorted(entry.keys() - _KEYS)
        if unknown:
            raise AuditError(f"{FILE.name}, entry {number}: {unknown[0]!r} is not known")
        if not entry.get("operator") or not entry.get("reason"):
            raise AuditError(f"{FILE.name}, entry {number}: it needs an operator and a reason")
        found.append(Equivalent(**entry | {"steps": tuple(entry.get("steps", ()))}))
    return found


def _fits(text: str, pattern: str) -> bool:
    """Compare with ``*`` and ``?``; square brackets are brackets."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))
