"""Cutting a part out of a file, so that a lesson can show it without holding a copy.

In a Python file a part is named by what it defines at the top level: ``login``, ``mysql``,
``app.config.update`` (a call), ``with app.app_context()``, ``imports``, or a run of them,
``app..mysql``. In any other file it runs from the line with one text to the line with another:
``<form..</form>``.
"""

import ast
import textwrap


class CutError(Exception):
    """The file has no such part, or more than one."""


def cut(source: str, part: str, *, python: bool) -> str:
    """Return the named part of a file's text, without common indentation or a last newline.

    :raises CutError: if the part cannot be found exactly once.
    """
    start, end = span(source, part, python=python)
    return textwrap.dedent("\n".join(source.splitlines()[start:end]))


def span(source: str, part: str, *, python: bool) -> tuple[int, int]:
    """Return where the named part stands: the index of its first line, and that after its last.

    :raises CutError: if the part cannot be found exactly once.
    """
    first, _, last = part.partition("..")
    if python:
        return _python_lines(source, first, last or first)
    return _text_lines(source, first, last or first)


def _python_lines(source: str, first: str, last: str) -> tuple[int, int]:
    spans: dict[str, tuple[int, int]] = {}
    for node in ast.parse(source).body:
        name = _name(node)
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        start = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
        end = node.end_lineno or node.lineno
        if name in spans and name != "imports":
            raise CutError(f"{name!r} is defined twice at the top level")
        spans[name] = (spans.get(name, (start, end))[0], end)
    for name in (first, last):
        if name not in spans:
            raise CutError(f"nothing at the top level is called {name!r}; there is: {list(spans)}")
    return spans[first][0], spans[last][1]


def _name(node: ast.stmt) -> str:
    match node:
        case ast.Import() | ast.ImportFrom():
            return "imports"
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[target]):
            return ast.unparse(target)
        case ast.Expr(value=ast.Call(func=function)):
            return ast.unparse(function)
        case ast.With(items=[item]):
            return f"with {ast.unparse(item.context_expr)}"
    return f"line {node.lineno}"


def _text_lines(source: str, first: str, last: str) -> tuple[int, int]:
    lines = source.splitlines()
    start = _line_with(first, lines, 0)
    return start, _line_with(last, lines, start) + 1


def _line_with(text: str, lines: list[str], start: int) -> int:
    found = [number for number, line in enumerate(lines) if number >= start and text in line]
    if len(found) != 1:
        raise CutError(f"{text!r} stands on {len(found)} lines, not on one")
    return found[0]
