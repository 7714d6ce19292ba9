"""The proofs: what each is called, what it tries, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from checker.audit import automatic, catalogue, hijacks, matrix, right, vacuity
from checker.audit.findings import Finding, Subject
from checker.course import Step


class Part(NamedTuple):
    """One proof.

    :ivar title: what it says, when all is as it should be.
    :ivar tried: what it tries.
    :ivar good: the outcomes that it hopes for.
    """

    title: str
    tried: str
    good: frozenset[str]
    subjects: Callable[[Step], Iterator[Subject]]
    prove: Callable[[Subject], Finding]


_PASSED = frozenset(("passed", "told its one fault"))
_KILLED = frozenset((automatic.KILLED, automatic.EXPLAINED, automatic.STILLBORN))

PARTS = {
    "solutions": Part(
        "solutions pass every check", "solutions", _PASSED, right.solutions, right.prove
    ),
    "alternatives": Part(
        "right apps written otherwise pass",
        "right apps written otherwise",
        _PASSED,
        right.alternatives,
        right.prove,
    ),
    "mutants": Part(
        "catalogued mistakes are caught",
        "catalogued mistakes",
        frozenset((catalogue.Kill.MEANT.value, catalogue.Kill.RELATED.value)),
        catalogue.subjects,
        catalogue.prove,
    ),
    "security": Part(
        "automatic security mutants are killed",
        "automatic mutants about security",
        _KILLED,
        automatic.security_subjects,
        automatic.prove,
    ),
    "ordinary": Part(
        "automatic ordinary mutants are killed",
        "other automatic mutants",
        _KILLED,
        automatic.ordinary_subjects,
        automatic.prove,
    ),
    "hijacks": Part(
        "hostile submissions gain nothing",
        "hostile submissions",
        frozenset(("caught",)),
        hijacks.subjects,
        hijacks.prove,
    ),
    "vacuity": Part(
        "nothing passes vacuously",
        "apps that answer everything alike",
        frozenset(("refused",)),
        vacuity.subjects,
        vacuity.prove,
    ),
    "matrix": Part(
        "some check fails at every mistake",
        "catalogued mistakes against all checks",
        frozenset(("failed",)),
        matrix.subjects,
        matrix.prove,
    ),
}
#: Parts that make something wrong of a solution: worth nothing where the solution does not pass.
_OF_SOLUTIONS = ("mutants", "security", "ordinary", "matrix")
#: Names for several parts.
GROUPS = {"automatic": ("security", "ordinary")}


def subjects(steps: Iterable[Step], parts: Iterable[str]) -> list[Subject]:
    """Return everything that these parts try in these steps.

    The solutions come with whatever is made from them.

    :param parts: names of parts or groups; each is taken once.
    """
    names = dict.fromkeys(name for part in parts for name in GROUPS.get(part, (part,)))
    if not names.keys().isdisjoint(_OF_SOLUTIONS):
        names = dict.fromkeys(("solutions", *names))
    chosen = list(steps)
    return [subject for name in names for step in chosen for subject in PARTS[name].subjects(step)]


def prove(subject: Subject) -> Finding:
    """Try one; in whatever process this is."""
    return PARTS[subject.part].prove(subject)
