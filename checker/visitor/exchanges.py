"""One request and its answer, kept for the verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from werkzeug.datastructures import Headers

from checker.visitor.urls import URL
from checker.visitor.words import plain, quoted, shortened

_LONGEST_LINE = 300  # characters
_MASK = "•••"


class Entry(NamedTuple):
    """One name and value of a form as it was sent."""

    name: str | bytes
    value: str | bytes
    is_password: bool = False
    filename: str | None = None  # of a file, whose content is the value


@dataclass(frozen=True, slots=True)
class Request:
    """What goes to the app, byte for byte; header texts hold bytes as Latin-1."""

    method: str
    url: URL
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    form: tuple[Entry, ...] = ()  # what `body` or the query says, for display

    def header(self, name: str) -> str:
        """The value of a header, "" if it is not sent."""
        wanted = name.lower()
        return next((value for own, value in self.headers if own.lower() == wanted), "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. A status of 0 means that the status line could not be read."""

    status: int
    reason: str
    headers: Headers
    body: bytes
    problem: str = ""  # what was malformed about it, in plain words; "" if nothing


@dataclass(slots=True)
class Exchange:
    """A request and what became of it: an answer, or a failure to get one."""

    visitor: str
    request: Request
    answer: Answer | None = None
    failure: Exception | None = None
    now: float | None = field(default=None)
    """The pretended time it happened at, None for real time."""

    def request_lines(self, mask_passwords: bool = True) -> list[str]:
        """The request as a reader sees it: first line, headers, form fields. Cleaned, shortened."""
        request = self.request
        lines = [f"{plain(request.method)} {_line(request.url.target)}"]
        lines += [_line(f"{name}: {value}") for name, value in request.headers]
        if request.form:
            lines.append("")
            for entry in request.form:
                masked = entry.is_password and mask_passwords
                lines.append(f"{quoted(entry.name)} = {_MASK if masked else quoted(entry.value)}")
        elif request.body:
            lines += ["", quoted(request.body, _LONGEST_LINE)]
        return lines

    def answer_lines(self, most: int = 40) -> list[str]:
        """The answer as a reader sees it, at most `most` lines of its body. Cleaned, shortened."""
        if self.answer is None:
            return ["(no answer)"]
        answer = self.answer
        lines = [plain(f"{answer.status} {answer.reason}", 80)]
        lines += [_line(f"{name}: {value}") for name, value in answer.headers]
        body = answer.body[: most * _LONGEST_LINE].decode("utf-8", "replace").splitlines()
        if body:
            lines += ["", *(_line(line, keep_indent=True) for line in body[:most])]
        if len(body) > most or len(answer.body) > most * _LONGEST_LINE:
            lines.append("…")
        return lines


def _line(text: str, keep_indent: bool = False) -> str:
    indent = len(text) - len(text.lstrip(" ")) if keep_indent else 0
    return shortened(" " * min(indent, 40) + plain(text, _LONGEST_LINE), _LONGEST_LINE)
