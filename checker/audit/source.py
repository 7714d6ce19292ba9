"""A file to make mutants of: its text, its syntax tree, and where each node stands in the text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple


class Edit(NamedTuple):
    """The characters from ``start`` to ``end`` become ``new``."""

    start: int
    end: int
    new: str


class Source:
    """A Python file.

    :param text: its content.
    :raises SyntaxError: it is no Python.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self._lines = [0]
        for line in text.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node around each node."""
        return {
            child: parent
            for parent in ast.walk(self.tree)
            for child in ast.iter_child_nodes(parent)
        }

    def nodes(self) -> Iterator[ast.AST]:
        """All nodes, in the order of the file."""
        found = [node for node in ast.walk(self.tree) if hasattr(node, "lineno")]
        return iter(sorted(found, key=lambda node: self.span(node)))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node begins and ends in the text."""
        return (
            self._offset(node.lineno, node.col_offset),  # type: ignore[attr-defined]
            self._offset(node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def of(self, node: ast.AST) -> str:
        """Return the text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    def scope(self, node: ast.AST) -> str:
        """Return the function or class that a node is in, as ``Account.get_id``; else nothing."""
        names: list[str] = []
        around: ast.AST | None = node
        while around is not None:
            if isinstance(around, (ast.FunctionDef, ast.ClassDef)):
                names.insert(0, around.name)
            around = self.parents.get(around)
        return ".".join(names)

    def function(self, node: ast.AST) -> ast.FunctionDef | None:
        """Return the function around a node."""
        around = self.parents.get(node)
        while around is not None and not isinstance(around, ast.FunctionDef):
            around = self.parents.get(around)
        return around

    def instead(self, node: ast.AST, new: str) -> Edit:
        """Put something else in the place of a node."""
        return Edit(*self.span(node), new)

    def without_decorator(self, node: ast.expr) -> Edit:
        """Take a decorator away, with its sign."""
        start, end = self.span(node)
        return Edit(self.text.rindex("@", 0, start), end, "")

    def without_argument(self, node: ast.AST) -> Edit:
        """Take an argument of a call away, with one comma beside it."""
        start, end = self.span(node)
        if after := re.match(r"\s*,\s*", self.text[end:]):
            return Edit(start, end + after.end(), "")
        before = re.search(r"\s*,\s*\Z", self.text[:start])
        return Edit(before.start() if before else start, end, "")

    def _offset(self, line: int, column: int) -> int:
        """Columns of a syntax tree count bytes."""
        start = self._lines[line - 1]
        encoded = self.text[start : self._lines[line]].encode()
        return start + len(encoded[:column].decode())
