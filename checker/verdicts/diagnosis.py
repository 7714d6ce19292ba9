"""From what was seen of a failure to its cause, told by name.

What is known of failures stands in ``symptoms.toml``, described at its top. Everything matched
here comes from a submission and may be hostile: texts are cut short first, and the patterns hold
bounded repetitions only, so that no text can make them slow.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from string import Template
from typing import Any

SYMPTOMS = Path(__file__).with_name("symptoms.toml")

#: Characters that are looked at of an exception's text, of what the app printed (its end), of a
#: page, of a source file (their beginnings), and of a value that is shown to the student.
MESSAGE_LIMIT, OUTPUT_LIMIT, BODY_LIMIT, CODE_LIMIT, VALUE_LIMIT = 2_000, 4_000, 4_000, 40_000, 80
#: No file of source has more lines; a number above comes from somebody who plays tricks.
LINE_LIMIT = 9_999_999
#: How many exceptions, places of one, file names and source files are looked at.
EXCEPTIONS_LIMIT, PLACES_LIMIT, FILES_LIMIT, SOURCES_LIMIT = 30, 20, 500, 20

_REPEATED = re.compile(r"\(\?P=(\w+)\)")


@dataclass(frozen=True)
class Place:
    """A line of the submission: relative file name, number (from 1), function, text."""

    file: str
    line: int
    function: str = ""
    source: str = ""


@dataclass(frozen=True)
class AppException:
    """An exception of the app: qualified type, text, the submission's own lines, outermost first.

    The exceptions behind it follow it in ``Evidence.exceptions``.
    """

    type: str
    message: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """What was seen of an app whose check failed.

    :param exceptions: the decisive one first.
    :param output: what the app printed, standard output and error.
    :param status: of the page that decided.
    :param body: of the page that decided.
    :param files: the names of the submission's files.
    :param sources: its Python files, name to text.
    :param served: where it called ``app.run()`` while it was imported.
    """

    exceptions: tuple[AppException, ...] = ()
    output: str = ""
    status: int | None = None
    body: str = ""
    files: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    served: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Cause:
    """Why a check failed: the symptom's id, what is wrong, the next thing to do, and where."""

    id: str
    title: str
    advice: str
    place: Place | None = None


@dataclass(frozen=True)
class Symptom:
    """An entry of ``symptoms.toml``."""

    id: str
    since: int
    patterns: tuple[Mapping[str, Any], ...]
    title: str
    advice: str


def diagnose(evidence: Evidence) -> Cause | None:
    """Name the cause of what was seen, or return ``None`` where it is unknown.

    An exception tells more than a page or a print, and the decisive exception more than those
    behind it. For each, the first symptom of ``symptoms.toml`` that fits is the answer.
    """
    for view in _views(evidence):
        for symptom in symptoms():
            for pattern in symptom.patterns:
                if (found := view.match(pattern)) is not None:
                    return _cause(symptom, pattern, *found)
    return None


def exceptions_from(described: object) -> tuple[AppException, ...]:
    """Read exceptions from what ``checker.apps.inside.describe`` has made of them.

    It comes from the jail: anything is accepted, and what is malformed is left out.

    :param described: one description or a list of them; each is followed by its causes.
    """
    links: list[dict[object, object]] = []
    for link in _items(described if isinstance(described, list) else [described]):
        links += [link, *_items(link.get("causes"))]
    return tuple(
        AppException(_text(link, "type"), _text(link, "message"), tuple(_places_from(link)))
        for link in links[:EXCEPTIONS_LIMIT]
    )


@cache
def symptoms() -> tuple[Symptom, ...]:
    """Return all known symptoms, the most specific first."""
    entries = tomllib.loads(SYMPTOMS.read_text("utf-8"))["symptom"]
    return tuple(Symptom(**entry | {"patterns": tuple(entry["patterns"])}) for entry in entries)


def _items(value: object) -> list[dict[object, object]]:
    """Return the dicts of a list, ``[]`` where there is no list."""
    items = value[:EXCEPTIONS_LIMIT] if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict)]


def _text(item: dict[object, object], key: str) -> str:
    value = item.get(key)
    return value[:MESSAGE_LIMIT] if isinstance(value, str) else ""


def _places_from(link: dict[object, object]) -> Iterator[Place]:
    for place in _items(link.get("places")):
        line = place.get("line")
        if type(line) is int and 0 <= line <= LINE_LIMIT and (file := _text(place, "file")):
            yield Place(file, line, _text(place, "function"), _text(place, "source"))


def _views(evidence: Evidence) -> Iterator[_View]:
    """Yield a view on each exception, then one on everything else."""
    exceptions = evidence.exceptions[:EXCEPTIONS_LIMIT]
    nearest = next((one.places for one in exceptions if one.places), ())
    for exception in exceptions:
        places = (exception.places or nearest)[-PLACES_LIMIT:]
        yield _View(evidence, exception, places[-1] if places else None)
    yield _View(evidence, None, None)


class _View:
    """The evidence with one of its exceptions in focus, or with none: then the rest counts."""

    def __init__(
        self, evidence: Evidence, exception: AppException | None, place: Place | None
    ) -> None:
        self._evidence = evidence
        self._exception = exception
        self._place = place
        message = exception.message[:MESSAGE_LIMIT] if exception else None
        output = evidence.output[-OUTPUT_LIMIT:]
        body = html.unescape(evidence.body[:BODY_LIMIT])
        self._texts: dict[str, list[str]] = {
            "type": [exception.type[:MESSAGE_LIMIT]] if exception else [],
            "message": [] if message is None else [message],
            "text": [output, body] if message is None else [message],
            "source": [place.source[:MESSAGE_LIMIT]] if place else [],
            "output": [output],
            "body": [body],
            "files": [name[:MESSAGE_LIMIT] for name in evidence.files[:FILES_LIMIT]],
        }

    def match(self, pattern: Mapping[str, Any]) -> tuple[dict[str, str], Place | None] | None:
        """Return values and place if every part of ``pattern`` fits, else ``None``."""
        if self._exception and pattern.keys().isdisjoint(("type", "message", "text", "source")):
            return None  # it is about something else; its turn comes last
        values: dict[str, str] = {}
        place = self._place
        for part, expected in pattern.items():
            if part in ("title", "values"):
                continue
            if part == "status":
                if (self._evidence.status or 0) != expected:
                    return None
            elif part == "served":
                if not self._evidence.served:
                    return None
                place = place or self._evidence.served[0]
            elif part == "code":
                if (code := self._code(_with_values(expected, values))) is None:
                    return None
                found, line = code
                place = place or line
                values |= found
            else:
                expression = rf"(?:^|\.)(?:{expected})$" if part == "type" else expected
                if (groups := _search(_with_values(expression, values), self._texts[part])) is None:
                    return None
                values |= groups
        here = {"file": place.file, "line": str(place.line)} if place else {}
        return here | values, place

    def _code(self, expression: str) -> tuple[dict[str, str], Place] | None:
        """Look for a line in the Python files; return its groups and its place."""
        for name, text in list(self._evidence.sources.items())[:SOURCES_LIMIT]:
            text = text[:CODE_LIMIT]
            if match := _compiled(expression, re.MULTILINE).search(text):
                number = text.count("\n", 0, match.start()) + 1
                place = Place(name, number, source=text.split("\n")[number - 1].strip())
                return _groups(match), place
        return None


def _with_values(expression: str, values: Mapping[str, str]) -> str:
    """Put in what earlier parts of the pattern have found, where it is repeated."""
    return _REPEATED.sub(lambda match: re.escape(values[match[1]]), expression)


def _search(expression: str, texts: Iterable[str]) -> dict[str, str] | None:
    compiled = _compiled(expression)
    match = next(filter(None, map(compiled.search, texts)), None)
    return None if match is None else _groups(match)


def _groups(match: re.Match[str]) -> dict[str, str]:
    return {name: value for name, value in match.groupdict().items() if value is not None}


# Compiled when first needed, and kept: the cache of ``re`` itself is too small for all of them.
@lru_cache(maxsize=1_000)
def _compiled(expression: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    return re.compile(expression, flags)


def _cause(
    symptom: Symptom, pattern: Mapping[str, Any], values: dict[str, str], place: Place | None
) -> Cause:
    shown = {name: _shown(value) for name, value in values.items()} | pattern.get("values", {})
    title = Template(pattern.get("title", symptom.title)).safe_substitute(shown)
    if place and place.line > 0:
        title = f"{_shown(place.file)} line {place.line}: {title}"
    else:
        title = title[0].upper() + title[1:]
    return Cause(symptom.id, title, Template(symptom.advice).safe_substitute(shown), place)


def _shown(value: str) -> str:
    """Make a value fit into a sentence: one line, not long, nothing invisible."""
    value = " ".join(value.split())
    value = value if len(value) <= VALUE_LIMIT else value[: VALUE_LIMIT - 1] + "…"
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in value)
