"""What a rule for making mutants is, and what several rules ask of a syntax tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from checker.audit.source import Edit, Source

Changes = Iterator[Edit]


@dataclass(frozen=True)
class Operator:
    """A rule for Python files.

    :ivar does: what it does, in a few words.
    :ivar about: checks that ask for what it takes away; a rule without any is an ordinary one.
    """

    name: str
    does: str
    edits: Callable[[ast.AST, Source], Changes]
    about: tuple[str, ...] = ()

    @property
    def security(self) -> bool:
        """Whether somebody gets in, or gets at something, by what it does."""
        return bool(self.about)


@dataclass(frozen=True)
class TextOperator:
    """A rule for files of one ending: wherever the pattern fits, its text becomes another."""

    name: str
    does: str
    ending: str
    pattern: re.Pattern[str]
    new: str
    about: tuple[str, ...] = ()

    @property
    def security(self) -> bool:
        """Whether somebody gets in, or gets at something, by what it does."""
        return bool(self.about)


def called(node: ast.AST) -> str:
    """Return the last name of what a call calls: ``commit`` of ``db.session.commit()``."""
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            return node.func.attr
        if isinstance(node.func, ast.Name):
            return node.func.id
    return ""


def is_text(node: ast.AST) -> bool:
    """Tell whether a node is a text that stands there literally."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def called_as_statement(*names: str) -> Callable[[ast.AST, Source], Changes]:
    """Make a rule that takes away a statement which only calls one of these."""

    def edits(node: ast.AST, source: Source) -> Changes:
        if isinstance(node, ast.Expr) and called(node.value) in names:
            yield source.instead(node, "pass")

    return edits


def setting_of(node: ast.AST) -> tuple[str, ast.expr] | None:
    """Return name and value where a setting is made: ``NAME = value`` or ``f(name=value)``."""
    if isinstance(node, ast.keyword) and node.arg:
        return node.arg, node.value
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    return None


def compared_by(function: str) -> Callable[[ast.AST, Source], Changes]:
    """Make a rule that compares with ``==`` what a function made for it compares."""

    def edits(node: ast.AST, source: Source) -> Changes:
        if called(node) == function and isinstance(node, ast.Call):
            one, other = map(source.of, node.args)
            yield source.instead(node, f"{one} == {other}")

    return edits
