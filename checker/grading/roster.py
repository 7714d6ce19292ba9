"""The class list: a CSV file that gives submissions their students' names and groups.

Column names are those of the usual exports (Moodle, Canvas, Gradescope, GitHub Classroom) or
plain words; capitals, blanks and underscores do not matter.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from checker.grading.discover import Found, Person
from checker.grading.results import Refusal, Student

#: Columns that say who it is, the one that makes the best id first.
_IDS = (
    *("id", "studentid", "sid", "studentnumber", "idnumber", "sisuserid", "number", "username"),
    *("user", "login", "loginid", "sisloginid", "githubusername", "github", "identifier"),
    *("email", "emailaddress", "mail"),
)
_NAMES = ("name", "fullname", "studentname", "student")
_FIRST = ("firstname", "givenname", "forename")
_LAST = ("lastname", "surname", "familyname")
_GROUPS = ("group", "groups", "section", "sections", "class", "team", "cohort", "grouporgrouping")
_LARGEST = 20 * 1024 * 1024
#: A second line of Canvas's grade book that is nobody.
_NOBODY = "points possible"


class RosterError(Exception):
    """The class list cannot be used; the text names file, line, value and remedy."""


@dataclass(frozen=True)
class Row:
    """One student of the list. :attr:`known_as` are all values that say who it is."""

    line: int
    id: str
    name: str
    group: str
    known_as: tuple[str, ...]


@dataclass(frozen=True)
class Enrolled:
    """A student of the class, and the submission, if there is one."""

    student: Student
    found: Found | None


def read(path: Path) -> list[Row]:
    """Read a class list.

    :raises RosterError: see there.
    """
    lines = list(csv.reader(io.StringIO(_text(path), newline=""), _dialect(path)))
    if not lines or not any(lines):
        raise RosterError(f"{path} is empty. Its first line names the columns: id,name,group")
    header = [_plain(cell) for cell in lines[0]]
    ids = [header.index(known) for known in _IDS if known in header]
    names = _first(header, _NAMES)
    first, last = _first(header, _FIRST), _first(header, _LAST)
    if not ids and names is None and first is None:
        raise RosterError(
            f"{path}, line 1: none of the columns {', '.join(map(repr, lines[0]))} says who it is. "
            "Call one of them id, username, email or name."
        )
    group = _first(header, _GROUPS)
    rows: dict[str, Row] = {}
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            raise RosterError(
                f"{path}, line {number}: {len(cells)} values, and {len(header)} columns. Put "
                f"{cells[len(header) - 1]!r} between double quotes if it holds a comma."
            )
        cells += [""] * (len(header) - len(cells))
        known = [cells[column].strip() for column in ids if cells[column].strip()]
        name = "" if names is None else cells[names].strip()
        if not name:
            parts = [cells[column].strip() for column in (first, last) if column is not None]
            name = " ".join(filter(None, parts))
        if name.casefold() == _NOBODY:
            continue
        if not known and not name:
            raise RosterError(f"{path}, line {number}: {cells!r} names nobody. Fill in an id.")
        identity = known[0] if known else name
        if identity in rows:
            raise RosterError(
                f"{path}, line {number}: {identity!r} stands in line {rows[identity].line} "
                "already. Remove one of the two lines."
            )
        in_group = "" if group is None else cells[group].strip()
        rows[identity] = Row(
            number, identity, name or identity, in_group, tuple(filter(None, (*known, name)))
        )
    return list(rows.values())


def enrol(found: Sequence[Found], rows: Sequence[Row] | None) -> tuple[list[Enrolled], list[str]]:
    """Bring submissions and class list together.

    :returns: every student, by name, and the submissions of people who are not on the list.
    """
    by_key = _index(rows or ())
    matched: dict[str, list[tuple[Student, Found]]] = {}
    strangers: list[str] = []
    for submission in found:
        for person in submission.people:
            row = _row_of(person, by_key)
            if row is None and rows is not None:
                strangers.append(submission.source)
            student = Student(
                id=person.id if row is None else row.id,
                name=person.name if row is None else row.name,
                group="" if row is None else row.group,
                source=submission.source,
                refusal=submission.refusal,
            )
            matched.setdefault(student.id, []).append((student, submission))
    enrolled = [_once(each) for each in matched.values()]
    for row in rows or ():
        if row.id not in matched:
            refusal = Refusal("Nothing was handed in.", "Hand in a folder or a zip with the app.")
            enrolled.append(Enrolled(Student(row.id, row.name, row.group, "", refusal), None))
    enrolled.sort(key=lambda each: (each.student.name.casefold(), each.student.id))
    return enrolled, strangers


def to_grade(enrolled: Iterable[Enrolled]) -> list[Found]:
    """Return the submissions that can be graded, each once, by name."""
    found = {
        each.found.source: each.found
        for each in enrolled
        if each.found is not None and each.student.refusal is None
    }
    return [found[source] for source in sorted(found)]


def _once(handed_in: list[tuple[Student, Found]]) -> Enrolled:
    """Return a student's one submission; nobody can say which of several counts."""
    student, found = handed_in[0]
    if len(handed_in) == 1:
        return Enrolled(student, found)
    names = ", ".join(repr(each.source) for each, _found in handed_in)
    refusal = Refusal(f"It was handed in more than once: {names}.", "Keep one of them.")
    return Enrolled(replace(student, refusal=refusal), None)


def _index(rows: Iterable[Row]) -> dict[str, Row]:
    """Return the rows by everything that names exactly one of them."""
    keys = [(key, row) for row in rows for key in {_key(value) for value in row.known_as}]
    counts = Counter(key for key, _row in keys)
    by_key = {key: row for key, row in keys if counts[key] == 1}
    return by_key | {_key(row.id): row for row in rows}


def _row_of(person: Person, by_key: dict[str, Row]) -> Row | None:
    for value in (person.id, *person.known_as, person.name):
        if (row := by_key.get(_key(value))) is not None:
            return row
    return None


def _key(value: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


def _plain(cell: str) -> str:
    return re.sub(r"[\W_]", "", cell).casefold()


def _first(header: list[str], wanted: Iterable[str]) -> int | None:
    return next((header.index(name) for name in wanted if name in header), None)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise RosterError(f"{path} is larger than 20 MB. Name the class list, a CSV file.")
        raw = path.read_bytes()
    except OSError as error:
        raise RosterError(
            f"{path} cannot be read: {error.strerror}. Name the class list, a CSV file."
        ) from None
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise RosterError(
            f"{path}, line {line}: {raw[error.start : error.start + 1]!r} is no valid UTF-8. Save "
            'the list as "CSV UTF-8".'
        ) from None
    if "\0" in text:
        raise RosterError(f"{path} is no text. Save the class list as a CSV file.")
    return text


def _dialect(path: Path) -> type[csv.Dialect]:
    """Return how the values are separated: by what occurs most in the first line."""
    first = _text(path).partition("\n")[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=first.count)

    return Found
