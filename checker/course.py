"""The steps: where they are, what they are called and what their checks are worth."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from checker.suites.check import Check, checks_in
from checker.verdicts.outcomes import Visibility

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".workshop"


class CourseError(Exception):
    """The course's own files do not fit together; the text names the file and the value."""


@dataclass(frozen=True)
class OwnCheck:
    """A check that an instructor adds to a step, and what it is worth on top of the step's 100.

    :ivar file: the name of the file that it is in.
    :ivar digest: SHA-256 of that file's text.
    """

    check: Check
    points: int
    visibility: Visibility
    file: str
    digest: str


@dataclass(frozen=True)
class Step:
    """One numbered folder under ``steps/`` and its twin under ``solutions/``.

    :ivar name: the folder's name, such as ``01-raw-mysql-login``; it is the step's stable id.
    :ivar minutes: how long a student needs, more or less.
    :ivar points: points by check id; they add up to 100.
    :ivar databases: kinds of database that every check is run on. Where SQLite is among them, the
        app is told by ``DATABASE_URL``, else by ``MYSQL_*``.
    :ivar databases_by: where a step adds a kind of database, the check that the app uses it. Until
        it has passed, earlier steps' checks are asked on the databases of the step before alone: a
        student who has not begun sees one thing fail, not all that used to work.
    :ivar replaced: earlier checks that the step does not keep, with what has replaced them.
    :ivar own: checks of an instructor's own, see :mod:`checker.own_checks`.
    """

    number: int
    name: str
    title: str
    minutes: int
    objectives: tuple[str, ...]
    points: dict[str, int]
    databases: tuple[str, ...] = ("mariadb",)
    databases_by: str = ""
    replaced: dict[str, str] = field(default_factory=dict)
    own: tuple[OwnCheck, ...] = ()
    root: Path = ROOT

    @property
    def folder(self) -> Path:
        """Where the student works."""
        return self.root / "steps" / self.name

    @property
    def solution(self) -> Path:
        """The reference app."""
        return self.root / "solutions" / self.name

    @property
    def suite(self) -> Path:
        """The file with the checks that this step adds."""
        return Path(__file__).with_name("suites") / f"test_{self.name.replace('-', '_')}.py"

    @cached_property
    def new_checks(self) -> list[Check]:
        """The checks that this step adds."""
        return checks_in(importlib.import_module(f"checker.suites.{self.suite.stem}"))

    @property
    def schema(self) -> str:
        """The SQL that makes the step's tables, when the submission brings none."""
        path = self.solution / "schema.sql"
        return path.read_text(encoding="utf-8") if path.exists() else ""


@dataclass(frozen=True)
class AskedCheck:
    """A check as one step asks it: what it is worth there and which step brought it."""

    check: Check
    since: Step
    points: int
    own: OwnCheck | None = None


def steps(root: Path = ROOT) -> list[Step]:
    """Return all steps in order.

    :raises CourseError: a ``step.toml`` is missing, or says something impossible.
    """
    found = [_read(folder) for folder in sorted((root / "steps").glob("[0-9][0-9]-*"))]
    if [step.number for step in found] != list(range(1, len(found) + 1)):
        raise CourseError(f"{root / 'steps'}: the folders' numbers are not 1, 2, 3 …")
    return found


def checks_of(step: Step, course: list[Step]) -> list[AskedCheck]:
    """Return the checks that a step asks, in order: those kept from earlier steps, then the new.

    A step keeps an earlier check by giving it points. What says where the others are asked
    (:attr:`Step.databases_by`) comes first, with what it needs; an
    instructor's own come last.

    :raises CourseError: a check that does not exist is named, or the points do not add up to 100.
    """
    asked = [
        AskedCheck(check, earlier, step.points[check.id])
        for earlier in course
        if earlier.number <= step.number
        for check in earlier.new_checks
        if check.id in step.points
    ]
    unknown = step.points.keys() - {each.check.id for each in asked}
    where = step.folder / "step.toml"
    if unknown:
        raise CourseError(f"{where}: points for {sorted(unknown)[0]!r}, which is no check")
    if (by := step.databases_by) and by not in step.points:
        raise CourseError(f"{where}: databases_by names {by!r}, which is no check of this step")
    if (total := sum(each.points for each in asked)) != 100:
        raise CourseError(f"{where}: the points add up to {total}, not to 100")
    asked += [AskedCheck(own.check, step, own.points, own) for own in step.own]
    first = with_needs(asked, {step.databases_by} - {""})
    return sorted(asked, key=lambda each: each.check.id not in first)


def with_needs(asked: Sequence[AskedCheck], ids: set[str]) -> set[str]:
    """Return the ids of these checks and of all that they need."""
    needs = {each.check.id: each.check.needs for each in asked}
    found: set[str] = set()
    waiting = list(ids)
    while waiting:
        one = waiting.pop()
        if one in needs and one not in found:
            found.add(one)
            waiting += needs[one]
    return found


def _read(folder: Path) -> Step:
    path = folder / "step.toml"
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        return Step(
            number=int(folder.name[:2]),
            name=folder.name,
            title=said["title"],
            minutes=said["minutes"],
            objectives=tuple(said["objectives"]),
            points=dict(said["points"]),
            databases=tuple(said.get("databases", ("mariadb",))),
            databases_by=said.get("databases_by", ""),
            replaced=dict(said.get("replaced", {})),
            root=folder.parent.parent,
        )
    except FileNotFoundError:
        raise CourseError(f"{path} is missing. `git checkout -- {path}` brings it back.") from None
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise CourseError(f"{path}: {error}. `git checkout -- {path}` brings it back.") from None
