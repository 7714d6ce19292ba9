"""What changed between two versions of an app: which lines are new, and the whole as a diff."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher, unified_diff
from pathlib import Path

_PROGRAM = (".css", ".html", ".py", ".sql")


def program(folder: Path) -> dict[str, str]:
    """Return the files that make up an app: path in its folder to text."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in _PROGRAM
    }


def new_lines(before: str, after: str, *, python: bool) -> set[int]:
    """Return the numbers, from 1, of the lines that only the later text has; no empty ones.

    :param python: whether functions and classes are compared with those of the same name alone, so
        that a line of a new function is new, although another function has one like it.
    """
    old, new = before.splitlines(), after.splitlines()
    parts: list[tuple[Sequence[int], Sequence[int]]] = [(range(len(old)), range(len(new)))]
    if python:
        known, there = _definitions(before), _definitions(after)
        parts = [(known.get(name, range(0)), lines) for name, lines in there.items()]
        parts.append((_outside(known, len(old)), _outside(there, len(new))))
    return {
        number + 1
        for those, these in parts
        for number in _only_in(these, [old[line] for line in those], [new[line] for line in these])
        if new[number].strip()
    }


def _only_in(numbers: Sequence[int], before: list[str], after: list[str]) -> Iterator[int]:
    """Yield those of the later lines' numbers that the earlier lines do not have."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, _, _, begin, end in matcher.get_opcodes():
        if tag in ("replace", "insert"):
            yield from numbers[begin:end]


def _definitions(source: str) -> dict[str, range]:
    """Return the lines of each function and class at the top level, as indexes from 0."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            start = min([node.lineno, *(one.lineno for one in node.decorator_list)]) - 1
            found[node.name] = range(start, node.end_lineno or node.lineno)
    return found


def _outside(definitions: Mapping[str, range], length: int) -> list[int]:
    inside = {line for lines in definitions.values() for line in lines}
    return [line for line in range(length) if line not in inside]


def diff(before: str, after: str) -> str:
    """Return the change of one file; each part begins with the number of its first line."""
    made = []
    for line in list(unified_diff(before.splitlines(), after.splitlines(), lineterm=""))[2:]:
        if line.startswith("@@"):
            begin = line.partition("+")[2].partition(" ")[0].partition(",")[0]
            line = f"@@ from line {begin} @@"
        made.append(line)
    return "\n".join(made)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return the names of the files that two apps do not share, ``app.py`` first."""
    names = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    return sorted(names, key=lambda name: (name != "app.py", "/" in name, name))
