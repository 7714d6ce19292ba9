"""Putting an exception into plain data, next to the app that raised it.

Runs inside the jail, so it imports the standard library only. The exception comes from the
submission and may be hostile: its ``__str__`` may raise, its chain may go in circles, its message
may fill the memory. Attributes are therefore read past whatever the submission has overridden,
and every part is optional.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

#: Characters kept of a message.
MESSAGE_LIMIT = 2_000
#: Characters kept of a line of source, or of an expression that spans several lines.
SOURCE_LIMIT = 300
#: Exceptions told of besides the first: what caused it, what caused that, ...
CAUSES_LIMIT = 5
#: Places kept of one exception, the innermost ones.
PLACES_LIMIT = 12

_NAME_LIMIT = 200
_FRAMES_LIMIT = 5_000
_LINES_LIMIT = 20
_FILE_LIMIT = 1_000_000

# The interpreter's own readers: ``exception.__cause__`` would ask the exception's class instead.
_CAUSE: Any = BaseException.__dict__["__cause__"]
_CONTEXT: Any = BaseException.__dict__["__context__"]
_TRACEBACK: Any = BaseException.__dict__["__traceback__"]
_FILE_NAME: Any = SyntaxError.__dict__["filename"]
_LINE_NUMBER: Any = SyntaxError.__dict__["lineno"]
_MODULE: Any = type.__dict__["__module__"]
_QUALIFIED_NAME: Any = type.__dict__["__qualname__"]


def describe(exception: BaseException, root: str | os.PathLike[str]) -> dict[str, Any]:
    """Describe ``exception`` by values that JSON can hold. Never raises.

    :param exception: what was raised.
    :param root: the folder of the submission. Only lines of files below it are told, under names
        relative to it; a virtual environment in there does not count as the submission's.
    :return: ``type`` (qualified name, without ``builtins.``), ``message`` (shortened), ``places``
        (the submission's own lines, outermost first: ``file``, ``line``, ``function``, ``source``)
        and ``causes`` (the exceptions behind this one, nearest first: ``type``, ``message`` and
        ``places`` of each).
    """
    try:
        first, *causes = (_describe_one(link, root) for link in _chain(exception))
        return first | {"causes": causes}
    except BaseException:
        return {"type": "Exception", "message": "", "places": [], "causes": []}


def _chain(exception: BaseException) -> Iterator[BaseException]:
    """Yield the exception and what is behind it, also where ``from None`` hides that."""
    seen: set[int] = set()
    current: Any = exception
    while current is not None and id(current) not in seen and len(seen) <= CAUSES_LIMIT:
        seen.add(id(current))
        yield current
        cause = _CAUSE.__get__(current)
        current = _CONTEXT.__get__(current) if cause is None else cause


def _describe_one(exception: BaseException, root: str | os.PathLike[str]) -> dict[str, Any]:
    places: list[dict[str, Any]] = []
    with contextlib.suppress(BaseException):  # frames and code objects can be forged
        places.extend(_places(exception, Path(root).resolve()))
    return {"type": _type_name(exception), "message": _message(exception), "places": places[::-1]}


def _type_name(exception: BaseException) -> str:
    try:
        name = _plain(_QUALIFIED_NAME.__get__(type(exception)), _NAME_LIMIT)
        module = _MODULE.__get__(type(exception))
        if not isinstance(module, str) or module == "builtins":
            return name
        return _plain(module, _NAME_LIMIT) + "." + name
    except BaseException:
        return "Exception"


def _message(exception: BaseException) -> str:
    try:
        return _plain(str(exception), MESSAGE_LIMIT)
    except BaseException:
        return "(its text cannot be shown)"


def _plain(text: str, limit: int) -> str:
    """Return a true ``str`` of at most ``limit`` characters, all of which UTF-8 can encode."""
    start = str.__getitem__(text, slice(0, limit + 1))
    start = str.encode(start, "utf-8", "backslashreplace").decode()
    return start if len(start) <= limit else start[: limit - 1] + "…"


def _places(exception: BaseException, root: Path) -> Iterator[dict[str, Any]]:
    """Yield the places of one exception, innermost first."""
    frames: deque[tuple[str, str, int, int]] = deque(maxlen=_FRAMES_LIMIT)
    traceback: TracebackType | None = _TRACEBACK.__get__(exception)
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append((code.co_filename, code.co_name, *_lines(traceback)))
        traceback = traceback.tb_next
    if issubclass(type(exception), SyntaxError):  # what it is about has not been run: no frame
        line = _LINE_NUMBER.__get__(exception) or 0
        frames.append((_FILE_NAME.__get__(exception), "<module>", line, line))
    own = (place for frame in reversed(frames) if (place := _place(root, *frame)) is not None)
    yield from itertools.islice(own, PLACES_LIMIT)


def _lines(traceback: TracebackType) -> tuple[int, int]:
    """Return the first and the last line of the expression that was being computed."""
    line = traceback.tb_lineno or 0
    positions = traceback.tb_frame.f_code.co_positions()
    _, last, *_ = next(itertools.islice(positions, traceback.tb_lasti // 2, None), (line, line))
    return line, max(line, last or line)


def _place(root: Path, filename: str, function: str, line: int, last: int) -> dict[str, Any] | None:
    """Return the place, or ``None`` where it lies in no file of the submission's own."""
    try:
        path = Path(filename).resolve()
        name = path.relative_to(root)
    except (OSError, RuntimeError, TypeError, ValueError):  # no such name; outside of the folder
        return None
    if "site-packages" in name.parts or not path.is_file():
        return None
    return {
        "file": _plain(name.as_posix(), _NAME_LIMIT),
        "line": int(line),
        "function": _plain(function, _NAME_LIMIT),
        "source": _source(path, line, last),
    }


def _source(path: Path, line: int, last: int) -> str:
    """Return lines ``line`` to ``last`` of a file as one line, ``""`` where there are none."""
    try:
        with path.open("rb") as file:
            lines = file.read(_FILE_LIMIT).decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    shown = [text.strip() for text in lines[max(line - 1, 0) : min(last, line + _LINES_LIMIT)]]
    if shown and shown[0].startswith("class "):  # the expression is the whole class
        del shown[1:]
    return _plain(" ".join(shown), SOURCE_LIMIT)
