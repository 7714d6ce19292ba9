"""Whose submissions lie in a folder: folders, zips and clones, and what platforms download.

=====================  ===========================================================================
GitHub Classroom       ``gh classroom clone student-repos`` makes a folder ``SLUG-submissions``
                       with a clone ``SLUG-USERNAME`` for each student
Gradescope             ``submission_metadata.yml`` with the submitters of each ``submission_N``
Moodle                 ``Full name_NUMBER_assignsubmission_file_``, a folder for each student; or,
                       without folders, in front of the name of each file
anything else          one folder or zip a student, called as the student is
=====================  ===========================================================================

Nothing of a submission is run, git and its hooks included, and nothing is written.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from checker.grading.refusals import named
from checker.grading.results import Refusal
from checker.reports.printable import printable

METADATA = "submission_metadata.yml"
_CLASSROOM = "-submissions"
_MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)_(?P<file>.*)")
_ZIP = ".zip"
_PACKED = (".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz")
#: What systems leave in folders.
_NOISE = ("__MACOSX", "Thumbs.db", "desktop.ini")


class NoSubmissions(Exception):
    """The folder of submissions cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Person:
    """Somebody who handed something in, as far as the platform tells.

    :ivar known_as: other names by which a roster may know them: e-mail, number, user name.
    """

    id: str
    name: str
    known_as: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """One submission: its name, where its parts lie, and whose it is.

    :ivar parts: name within the submission (empty: the submission itself) and path.
    :ivar people: more than one for a group's submission.
    """

    source: str
    parts: tuple[tuple[str, Path], ...]
    people: tuple[Person, ...]
    refusal: Refusal | None = None


def submissions_in(folder: Path) -> tuple[list[Found], list[str]]:
    """Return the submissions in a folder, by name, and the names that were taken for none.

    :raises NoSubmissions: there is no such folder, or nothing in it.
    """
    if folder.is_file():
        raise NoSubmissions(
            f"{folder} is a file. Unpack what the platform gave you, and name that folder."
        )
    if not folder.is_dir():
        raise NoSubmissions(f"{folder} is not a folder. Name the folder with the submissions.")
    folder = _export_in(folder)
    try:
        entries = sorted((entry for entry in os.scandir(folder)), key=lambda entry: entry.name)
    except OSError as error:
        raise NoSubmissions(f"{folder} cannot be read: {error.strerror}.") from error
    submitters = _gradescope(folder / METADATA)
    prefix = _classroom_prefix(folder)
    found: dict[str, Found] = {}
    others: list[str] = []
    for entry in entries:
        name, path = entry.name, Path(entry.path)
        if name.startswith(".") or name in _NOISE or name == METADATA:
            continue
        if (refusal := _refusal_of(entry)) is not None:
            found[name] = Found(_shown(name), (), (_person(name),), refusal)
        elif (moodle := _MOODLE.fullmatch(name)) is not None:
            if moodle["kind"] == "file":
                _add_moodle(found, moodle, path)
        elif not (entry.is_dir() or name.lower().endswith(_ZIP)):
            if name.lower().endswith(_PACKED):
                said = Refusal(f"{named(name)} is an archive, but no zip.", "Pack it as a zip.")
                found[name] = Found(_shown(name), (), (_person(path.stem),), said)
            else:
                others.append(_shown(name))
        else:
            people = submitters.get(name) or (_person(_stem(name).removeprefix(prefix)),)
            found[name] = Found(_shown(name), (("", path),), people)
    if not found:
        raise NoSubmissions(
            f"There is no submission in {folder}: no folder and no zip. "
            "Name the folder that holds one folder or zip for each student."
        )
    return list(found.values()), others


def _export_in(folder: Path) -> Path:
    """Return the folder that a platform's download has inside, or the folder itself."""
    try:
        inside = [path for path in folder.iterdir() if path.name not in _NOISE]
    except OSError:
        return folder
    if len(inside) == 1 and not inside[0].is_symlink() and (inside[0] / METADATA).is_file():
        return inside[0]
    return folder


def _refusal_of(entry: os.DirEntry[str]) -> Refusal | None:
    try:
        entry.name.encode()
    except UnicodeEncodeError:
        return Refusal(f"The name {named(entry.name)} is no valid UTF-8.", "Rename it.")
    if entry.is_symlink():
        target = os.readlink(entry.path)  # noqa: PTH115 - a name as it stands there
        return Refusal(
            f"{named(entry.name)} is a link, to {named(target)}.", "Put the files themselves there."
        )
    return None


def _shown(name: str) -> str:
    """Return a name as it can be stored and shown; the same for the same bytes."""
    return printable(name.encode(errors="surrogateescape").decode(errors="backslashreplace"))


def _stem(name: str) -> str:
    return name[: -len(_ZIP)] if name.lower().endswith(_ZIP) else name


def _person(name: str) -> Person:
    name = unicodedata.normalize("NFC", _shown(_stem(name)).strip()) or "?"
    return Person(name, name)


def _classroom_prefix(folder: Path) -> str:
    name = folder.resolve().name
    return name.removesuffix(_CLASSROOM) + "-" if name.endswith(_CLASSROOM) else ""


def _add_moodle(found: dict[str, Found], match: re.Match[str], path: Path) -> None:
    """Add one entry of Moodle's download to its owner's submission."""
    number, name = match["id"], unicodedata.normalize("NFC", match["name"].strip())
    person = Person(number, name, (f"Participant {number}",))
    if match["file"]:
        source = path.name.removesuffix(match["file"])
        # One zip alone is the submission; several files are so together.
        parts = (*found[source].parts, (match["file"], path)) if source in found else None
        found[source] = Found(source, parts or ((match["file"], path),), (person,))
    else:
        found[path.name] = Found(path.name, (("", path),), (person,))


class _Loader(yaml.SafeLoader):
    """Reads YAML that Ruby has written: its tags for times and the like are of no interest."""


_Loader.add_multi_constructor("!ruby/", lambda _loader, _tag, _node: None)


def _gradescope(path: Path) -> dict[str, tuple[Person, ...]]:
    """Return the submitters of each folder; nothing without Gradescope's file.

    :raises NoSubmissions: the file is not what Gradescope writes.
    """
    if not path.is_file():
        return {}
    try:
        said = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a safe loader
        return {str(folder): tuple(_submitters(about)) for folder, about in said.items()}
    except (OSError, UnicodeError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise NoSubmissions(
            f"{path} is not what Gradescope writes: {' '.join(str(error).split())}. Download the "
            "submissions again, or remove that file: then folders are called as they are."
        ) from error


def _submitters(about: dict[Any, Any]) -> Iterator[Person]:
    listed: Iterable[dict[Any, Any]] = about.get(":submitters", ())
    for one in listed:
        values = {str(key).lstrip(":"): str(value) for key, value in one.items() if value}
        known = [values[key] for key in ("sid", "email", "name") if key in values]
        if known:
            yield Person(known[0], values.get("name", known[0]), tuple(known))
