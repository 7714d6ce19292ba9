"""The catalogued mistakes: wrong solutions, each made from the right one by a small edit.

A mistake is data (``step_NN.toml``), so that a maintainer adds one without writing Python::

    [[mistake]]
    id = "f-string"                  # stable name
    title = "…"                      # what the student did, as a report calls it
    killed_by = "injection-login"    # the check that is meant to catch it
    from = "01.5"                    # the row of the list of checks, or the symptom, behind it
    teaches = "…"                    # one sentence for the student

    [[mistake.edit]]                 # one or more, applied in this order
    file = "app.py"
    find = "…"                       # must occur exactly once
    replace = "…"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
_TEXTS = ("id", "title", "killed_by", "from", "teaches")
_EDIT_TEXTS = ("file", "find", "replace")


class MistakeError(Exception):
    """A catalogue is malformed, or a mistake no longer fits the solution it was made from."""


@dataclass(frozen=True)
class Edit:
    """One replacement of text in one file of the solution."""

    file: str
    find: str
    replace: str


@dataclass(frozen=True)
class Mistake:
    """A wrong solution, and the check that is meant to catch it."""

    id: str
    title: str
    edits: tuple[Edit, ...]
    killed_by: str
    teaches: str
    source: str


def load(step: int) -> tuple[Mistake, ...]:
    """Return the mistakes of a step in the order of its catalogue, none if it has no catalogue.

    :raises MistakeError: naming the file and the entry that cannot be read.
    """
    path = catalogue(step)
    if not path.exists():
        return ()
    return parse(path.read_text(encoding="utf-8"), path.name)


def catalogue(step: int) -> Path:
    """Return the file with the mistakes of a step; it need not be there."""
    return _FOLDER / f"step_{step:02d}.toml"


def parse(text: str, name: str) -> tuple[Mistake, ...]:
    """Return the mistakes written in the text of a catalogue; ``name`` is for the messages.

    :raises MistakeError: naming the file and the entry that cannot be read.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MistakeError(f"{name} is not valid TOML: {error}") from error

    entries = document.get("mistake", [])
    if set(document) - {"mistake"} or not isinstance(entries, list):
        raise MistakeError(f"{name}: only [[mistake]] entries may stand there")

    mistakes: dict[str, Mistake] = {}
    for number, entry in enumerate(entries, start=1):
        mistake = _mistake(entry, f"{name}, mistake {number}")
        if mistake.id in mistakes:
            raise MistakeError(f"{name}: two mistakes are called {mistake.id!r}; rename one")
        mistakes[mistake.id] = mistake
    return tuple(mistakes.values())


def apply(mistake: Mistake, files: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of the solution's files (path to text) with the mistake made in it.

    :raises MistakeError: if an edit's file is missing, or its text does not occur exactly once.
    """
    changed = dict(files)
    for number, edit in enumerate(mistake.edits, start=1):
        place = f"mistake {mistake.id!r}, edit {number}"
        if edit.file not in changed:
            raise MistakeError(f"{place}: the solution has no file {edit.file!r}")
        count = changed[edit.file].count(edit.find)
        if count != 1:
            raise MistakeError(
                f"{place}: the text to find occurs {count} times in {edit.file}, not once; "
                f"bring it up to date with the solution:\n{edit.find}"
            )
        changed[edit.file] = changed[edit.file].replace(edit.find, edit.replace)
    return changed


def _mistake(entry: object, place: str) -> Mistake:
    if not isinstance(entry, dict):
        raise MistakeError(f"{place} is not a [[mistake]] table")
    if isinstance(entry.get("id"), str):
        place = f"{place} ({entry['id']})"
    texts = _texts({key: value for key, value in entry.items() if key != "edit"}, _TEXTS, place)

    edits = entry.get("edit")
    if not isinstance(edits, list) or not edits:
        raise MistakeError(f"{place} has no [[mistake.edit]]")
    return Mistake(
        id=texts["id"],
        title=texts["title"],
        edits=tuple(_edit(edit, f"{place}, edit {n}") for n, edit in enumerate(edits, start=1)),
        killed_by=texts["killed_by"],
        teaches=texts["teaches"],
        source=texts["from"],
    )


def _edit(entry: object, place: str) -> Edit:
    if not isinstance(entry, dict):
        raise MistakeError(f"{place} is not a table")
    texts = _texts(entry, _EDIT_TEXTS, place)
    if not texts["find"]:
        raise MistakeError(f"{place}: 'find' is empty")
    if texts["find"] == texts["replace"]:
        raise MistakeError(f"{place} changes nothing: 'find' and 'replace' are the same")
    return Edit(texts["file"], texts["find"], texts["replace"])


def _texts(entry: Mapping[str, object], names: tuple[str, ...], place: str) -> dict[str, str]:
    """Return the entry's texts, once it is certain that it holds exactly those named."""
    unknown = sorted(set(entry) - set(names))
    if unknown:
        raise MistakeError(f"{place} has an unknown key {unknown[0]!r}; known: {', '.join(names)}")
    texts: dict[str, str] = {}
    for name in names:
        value = entry.get(name)
        if not isinstance(value, str):
            raise MistakeError(f"{place} has no text {name!r}")
        texts[name] = value
    return texts
