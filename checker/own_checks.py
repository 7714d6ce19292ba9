"""An instructor's own checks, asked besides the workshop's when a class is graded.

A file ``test_….py`` in a folder of one's own, and nothing else to install:

.. code-block:: python

    from checker.own_checks import Account, Trial, Visitor, expect, own_check


    @own_check(
        "says-welcome", steps=(1, 2), points=5, visibility="hidden", needs=("right-password",)
    )
    def test_says_welcome(visitor: Visitor, account: Account) -> None:
        \"\"\"Whoever logs in is welcomed.\"\"\"
        visitor.log_in(account.username, account.password)
        expect(
            visitor.sees("Welcome"),
            expected="The page after logging in says “Welcome”.",
            seen="It does not.",
        )

It is written like one of the workshop's (:mod:`checker.suites.check`) and may ask for the same:
``trial``, ``app``, ``visitor``, ``account``, ``database``. It runs outside the jail, with the
rights of whoever grades: take in only what you have written or read.
"""

from __future__ import annotations

import hashlib
import importlib.abc
import importlib.util
import inspect
import sys
import tomllib
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType

from checker.course import ROOT, OwnCheck, Step, checks_of
from checker.suites.check import Account, Check, checks_in, expect
from checker.suites.check import check as _check
from checker.suites.judge import GIVEN
from checker.suites.trial import Trial
from checker.verdicts.outcomes import Visibility
from checker.visitor import Visitor

__all__ = ["Account", "OwnCheckError", "Trial", "Visitor", "expect", "own_check"]

#: Tells students how many checks will be added; it lies beside the README of their copy.
ANNOUNCEMENT = ROOT / "class.toml"

_TERMS = "own_check_terms"
_HINT = "This check is your instructor's own: ask there."


class OwnCheckError(Exception):
    """A file of own checks cannot be used; the text names the file, the value and the remedy."""


@dataclass(frozen=True)
class _Terms:
    """What an own check is worth, where, and who may see it."""

    steps: tuple[int, ...]
    points: int
    visibility: str


def own_check(
    identifier: str,
    *,
    steps: Sequence[int],
    points: int,
    visibility: str = "visible",
    needs: tuple[str, ...] = ("app-starts",),
    hints: tuple[str, str, str] = (_HINT, _HINT, _HINT),
    lesson: str = "",
    databases: tuple[str, ...] = (),
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a check of one's own.

    :param steps: numbers of the steps in which it is asked.
    :param points: what it is worth there, on top of the step's 100.
    :param visibility: ``visible``, ``after_due_date`` or ``hidden``: when students may see it.
    :param needs: ids of checks, the workshop's or own ones, that have to pass first.
    :param lesson: anchor of the section of the step's lesson that it belongs to, if there is one.
    """
    marked = _check(identifier, needs=needs, lesson=lesson, hints=hints, databases=databases)

    def mark(function: Callable[..., None]) -> Callable[..., None]:
        vars(function)[_TERMS] = _Terms(tuple(steps), points, visibility)
        return marked(function)

    return mark


def read(folder: Path) -> dict[str, str]:
    """Return name to text of the files in a folder that hold checks.

    :raises OwnCheckError: there are none, or they cannot be read.
    """
    if not folder.is_dir():
        raise OwnCheckError(f"{folder} is not a folder. Name the one that holds your checks.")
    try:
        found = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("test_*.py"))}
    except (OSError, UnicodeDecodeError) as error:
        raise OwnCheckError(f"{folder}: {error}. Save your checks as UTF-8.") from None
    if not found:
        raise OwnCheckError(f"{folder} holds no file test_….py. See checker/own_checks.py.")
    return found


def added(course: Sequence[Step], files: Mapping[str, str]) -> list[Step]:
    """Return the course with own checks added to its steps.

    :param files: name to text, as :func:`read` returns them.
    :raises OwnCheckError: they cannot be used.
    """
    found = _loaded(tuple(files.items())) if files else ()
    extended = []
    for step in course:
        own = tuple(check for check, terms in found if step.number in terms.steps)
        extended.append(replace(step, own=own) if own else step)
    for check, terms in found:
        _refuse_unusable(check, terms, extended)
    return extended


def announcement(course: Sequence[Step]) -> str:
    """Return the text of :data:`ANNOUNCEMENT`: how many checks each step gets, and nothing else."""
    lines = [f"{step.number} = {len(step.own)}" for step in course if step.own]
    head = "# How many checks your instructor adds to those of each step when the class is graded."
    return "\n".join([head, "[added_at_grading]", *lines, ""])


def announced(step: Step, path: Path = ANNOUNCEMENT) -> int:
    """Return how many checks will be added to a step when a class is graded.

    :raises OwnCheckError: the announcement cannot be read.
    """
    try:
        said = tomllib.loads(path.read_text("utf-8"))
        number = said["added_at_grading"].get(str(step.number), 0)
    except FileNotFoundError:
        return 0
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise OwnCheckError(
            f"{path}: {error}. Get the file again from your instructor, or delete it."
        ) from None
    if type(number) is not int or number < 0:
        raise OwnCheckError(f"{path}: step {step.number} has {number!r} added checks.")
    return number


def _refuse_unusable(own: OwnCheck, terms: _Terms, course: Sequence[Step]) -> None:
    name, where = own.check.id, own.file
    numbers = [step.number for step in course]
    if unknown := set(terms.steps) - set(numbers):
        known = ", ".join(map(str, numbers))
        raise OwnCheckError(
            f"{where}: {name!r} is for step {sorted(unknown)[0]}, which there is not. "
            f"The steps are {known}."
        )
    for step in course:
        if step.number not in terms.steps:
            continue
        ids = [asked.check.id for asked in checks_of(step, list(course))]
        if ids.count(name) > 1:
            raise OwnCheckError(f"{where}: step {step.number} has a check {name!r} already.")
        if missing := set(own.check.needs) - set(ids):
            raise OwnCheckError(
                f"{where}: {name!r} needs {sorted(missing)[0]!r}, which is no check of step "
                f"{step.number}. Leave it out, or name another."
            )


@cache
def _loaded(files: tuple[tuple[str, str], ...]) -> tuple[tuple[OwnCheck, _Terms], ...]:
    found: list[tuple[OwnCheck, _Terms]] = []
    for name, text in files:
        digest = hashlib.sha256(text.encode()).hexdigest()
        checks = checks_in(_imported(name, text, f"own_checks_{digest[:12]}_{Path(name).stem}"))
        if not checks:
            raise OwnCheckError(f"{name} holds no function with @own_check(…) above it.")
        found += [_own(check, name, digest) for check in checks]
    return tuple(found)


def _own(check: Check, file: str, digest: str) -> tuple[OwnCheck, _Terms]:
    where = f"{file}: {check.id!r}"
    terms = vars(check.function).get(_TERMS)
    if not isinstance(terms, _Terms):
        raise OwnCheckError(f"{where}: write @own_check(…) instead of @check(…).")
    if not check.title:
        raise OwnCheckError(f"{where} has no docstring. Its first line is what students read.")
    if type(terms.points) is not int or terms.points < 0:
        raise OwnCheckError(f"{where}: points={terms.points!r} is no whole number from 0 up.")
    if not terms.steps:
        raise OwnCheckError(f"{where}: steps=() names no step in which to ask it.")
    if terms.visibility not in list(Visibility):
        known = ", ".join(Visibility)
        raise OwnCheckError(f"{where}: visibility={terms.visibility!r} is none of {known}.")
    if unknown := set(inspect.signature(check.function).parameters) - GIVEN.keys():
        known = ", ".join(GIVEN)
        raise OwnCheckError(
            f"{where} asks for {sorted(unknown)[0]!r}. What a check can ask for: {known}."
        )
    return OwnCheck(check, terms.points, Visibility(terms.visibility), file, digest), terms


class _Text(importlib.abc.ExecutionLoader):
    """A module whose text is at hand; where its file is may be another machine."""

    def __init__(self, name: str, text: str) -> None:
        self._name, self._text = name, text

    def get_source(self, _module: str) -> str:
        return self._text

    def get_filename(self, _module: str) -> str:
        return self._name


def _imported(name: str, text: str, module_name: str) -> ModuleType:
    loader = _Text(name, text)
    specification = importlib.util.spec_from_loader(module_name, loader)
    assert specification is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[module_name] = module
    try:
        loader.exec_module(module)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == name]
        lines += [error.lineno] if isinstance(error, SyntaxError) else []
        where = f"{name} line {lines[-1]}" if lines else name
        raise OwnCheckError(f"{where}: {type(error).__name__}: {error}") from error
    return module
