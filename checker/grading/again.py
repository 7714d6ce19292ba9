"""What ``--again`` asks for: a student, a step, a check, or any of them together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from checker.course import AskedCheck, Step, checks_of
from checker.grading.results import Student

_KINDS = ("student", "step", "check")


class UnknownName(Exception):
    """``--again`` names something that is not there, or more than one thing; the text says it."""


@dataclass(frozen=True)
class Chosen:
    """Which grades to make again.

    :ivar sources: submissions, by name.
    :ivar checks: ids of checks; all when empty.
    """

    sources: tuple[str, ...]
    steps: tuple[int, ...]
    checks: tuple[str, ...]


def choose(
    said: Iterable[str], students: Sequence[Student], asked: Sequence[Step], course: list[Step]
) -> Chosen:
    """Return what is meant. Names of one kind add up, kinds narrow each other down.

    ``ana 2`` is Ana's step 2; ``ana bela`` are all steps of both; nothing at all is everything.
    ``student:2`` says which kind is meant where that is not clear.

    :raises UnknownName: see there.
    """
    graded = [student for student in students if student.source and student.refusal is None]
    checks = {each.check.id for step in asked for each in checks_of(step, course)}
    sources: dict[str, None] = {}
    numbers: dict[int, None] = {}
    ids: dict[str, None] = {}
    for name in said:
        kind, _, rest = name.partition(":")
        only, wanted = (kind, rest) if kind in _KINDS and rest else ("", name)
        people = {s.source for s in graded if _is(s, wanted)} if only in ("", "student") else set()
        steps = [s.number for s in asked if _is_step(s, wanted)] if only in ("", "step") else []
        named = {wanted} & checks if only in ("", "check") else set()
        meanings = [bool(people), bool(steps), bool(named)]
        if not any(meanings):
            raise UnknownName(
                f"--again {name}: there is no such student, step or check in this class. Students "
                "go by the id or name of the report, steps by number, checks by their id."
            )
        if sum(meanings) > 1:
            kinds = [k for k, meant in zip(_KINDS, meanings, strict=True) if meant]
            raise UnknownName(
                f"--again {name}: that is a {' and a '.join(kinds)}. Say which: {kinds[0]}:{wanted}"
            )
        sources |= dict.fromkeys(sorted(people))
        numbers |= dict.fromkeys(steps)
        ids |= dict.fromkeys(sorted(named))
    return Chosen(
        tuple(sources or dict.fromkeys(student.source for student in graded)),
        tuple(numbers or (step.number for step in asked)),
        tuple(ids),
    )


def with_what_waits(checks: Iterable[str], asked: Sequence[AskedCheck]) -> tuple[str, ...]:
    """Return the checks of a step that are named, and all that need them.

    What was blocked by a check has to be tried again when that check is.
    """
    wanted = set(checks) & {each.check.id for each in asked}
    found = set(wanted)
    while wanted:
        wanted = {each.check.id for each in asked if wanted.intersection(each.check.needs)} - found
        found |= wanted
    return tuple(each.check.id for each in asked if each.check.id in found)


def _is(student: Student, name: str) -> bool:
    names = (student.id, student.name, student.source)
    return name.casefold() in {each.casefold() for each in names}


def _is_step(step: Step, name: str) -> bool:
    number = re.fullmatch(r"0*(\d+)", name)
    return bool(number and int(number[1]) == step.number) or name in (
        step.name,
        step.name.partition("-")[2],
    )
