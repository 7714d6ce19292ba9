"""The rules by which mutants of a solution are made, one small wrong change each.

mutmut and cosmic-ray make such changes too. mutmut leaves out what stands outside functions, where
an app's settings are; both write each change to the disk and run a test command for it, and neither
has rules about passwords and sessions, or changes templates. So the rules are here: functions over
Python's own syntax tree, and patterns for templates and SQL.

A rule about security says which checks are about the same thing; they are asked first.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checker.audit.ordinary import ORDINARY
from checker.audit.rules import Operator, TextOperator
from checker.audit.security import SECURITY
from checker.audit.source import Edit, Source
from checker.audit.texts import TEXTS


@dataclass(frozen=True)
class Mutant:
    """A solution with one change made by rule.

    :ivar scope: the function or class that was changed, empty for the file's top level; the file's
        name where it is no Python.
    :ivar before: what stood there, blanks and line breaks as one blank.
    :ivar number: which of several equal places in the same scope, from 1.
    :ivar text: the changed file.
    """

    operator: Operator | TextOperator
    file: str
    scope: str
    before: str
    after: str
    number: int
    text: str

    @property
    def place(self) -> tuple[str, str, str, str, int]:
        """What stays the same when lines move, or when another step's solution has it too."""
        return self.operator.name, self.scope, self.before, self.after, self.number

    def __str__(self) -> str:
        scope = f" in {self.scope}" if self.scope not in ("", self.file) else ""
        return f"{self.operator.name}, {self.file}{scope}: {self.before} → {self.after or '(gone)'}"


def mutants_of(files: Mapping[str, str]) -> list[Mutant]:
    """Return every mutant of an app, no two of them equal; security ones win over ordinary ones.

    :param files: name to text.
    """
    found: dict[tuple[str, str], Mutant] = {}
    for name, text in sorted(files.items()):
        numbers: dict[tuple[str, str, str, str], int] = {}
        for operator, edit, scope in _edits(name, text):
            changed = text[: edit.start] + edit.new + text[edit.end :]
            before, after = _short(text[edit.start : edit.end]), _short(edit.new)
            if changed == text or (name.endswith(".py") and not _is_python(changed)):
                continue
            key = (operator.name, scope, before, after)
            numbers[key] = numbers.get(key, 0) + 1
            mutant = Mutant(operator, name, scope, before, after, numbers[key], changed)
            found.setdefault((name, changed), mutant)
    return list(found.values())


def _edits(name: str, text: str) -> Iterator[tuple[Operator | TextOperator, Edit, str]]:
    """Return the edits of a file, those about security first."""
    if name.endswith(".py"):
        source = Source(text)
        for operator in (*SECURITY, *ORDINARY):
            for node in source.nodes():
                for edit in operator.edits(node, source):
                    yield operator, edit, source.scope(node)
    for rule in TEXTS:
        if name.endswith(rule.ending):
            for match in rule.pattern.finditer(text):
                yield rule, Edit(*match.span(), match.expand(rule.new)), name


def _short(text: str) -> str:
    return " ".join(text.split())


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True
