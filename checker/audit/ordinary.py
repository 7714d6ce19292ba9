"""Rules for the mistakes of everyday: a comparison the other way, a statement left out."""

from __future__ import annotations

import ast

from checker.audit.rules import Changes, Operator, called, compared_by
from checker.audit.source import Edit, Source

_FLIPPED: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}


def _comparison_flipped(node: ast.AST, source: Source) -> Changes:
    if isinstance(node, ast.Compare):
        values = [node.left, *node.comparators]
        for number, sign in enumerate(node.ops):
            one, other = source.span(values[number])[1], source.span(values[number + 1])[0]
            yield Edit(one, other, f" {_FLIPPED[type(sign)]} ")


def _condition_negated(node: ast.AST, source: Source) -> Changes:
    if isinstance(node, (ast.If, ast.IfExp, ast.While)):
        yield source.instead(node.test, f"not ({source.of(node.test)})")


def _and_or_swapped(node: ast.AST, source: Source) -> Changes:
    if isinstance(node, ast.BoolOp):
        sign = " or " if isinstance(node.op, ast.And) else " and "
        yield source.instead(node, sign.join(f"({source.of(value)})" for value in node.values))


def _constant_changed(node: ast.AST, source: Source) -> Changes:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield source.instead(node, str(not node.value))
        elif isinstance(node.value, int):
            yield source.instead(node, str(node.value + 1))
            yield source.instead(node, str(node.value - 1))


def _statement_removed(node: ast.AST, source: Source) -> Changes:
    removable = (
        (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
        or isinstance(node, (ast.AugAssign, ast.For))
        or (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], (ast.Attribute, ast.Subscript))
        )
    )
    if removable:
        yield source.instead(node, "pass")


def _nothing_returned(node: ast.AST, source: Source) -> Changes:
    if isinstance(node, ast.Return) and node.value is not None:
        yield source.instead(node.value, "None")


def _argument_removed(node: ast.AST, source: Source) -> Changes:
    """Leave out what a call is told by name, and the default of ``get``."""
    if isinstance(node, ast.Call):
        for given in node.keywords:
            yield source.without_argument(given)
        if called(node) == "get" and len(node.args) == 2:
            yield source.without_argument(node.args[1])


def _error_page_dropped(node: ast.AST, source: Source) -> Changes:
    if isinstance(node, ast.FunctionDef):
        for decorator in node.decorator_list:
            if called(decorator) == "errorhandler":
                yield source.without_decorator(decorator)


def _conversion_removed(node: ast.AST, source: Source) -> Changes:
    """Leave out ``.strip()`` and its like."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("strip", "lower", "upper")
    ):
        yield source.instead(node, source.of(node.func.value))


ORDINARY = (
    Operator(
        "comparison-flipped", "compares the other way, or one more or less", _comparison_flipped
    ),
    Operator("condition-negated", "does it when it should not", _condition_negated),
    Operator("and-or-swapped", "takes `and` for `or`", _and_or_swapped),
    Operator("constant-changed", "changes a number or a truth value", _constant_changed),
    Operator("statement-removed", "leaves out a statement", _statement_removed),
    Operator("nothing-returned", "returns None", _nothing_returned),
    Operator("argument-removed", "leaves out an argument", _argument_removed),
    Operator("timing-comparison", "compares secrets with ==", compared_by("compare_digest")),
    Operator("error-page-dropped", "leaves an error to Flask", _error_page_dropped),
    Operator("conversion-removed", "leaves out a conversion", _conversion_removed),
)
