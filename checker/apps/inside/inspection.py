"""Reading a submission's source before it runs: what it would do to a grader that it ran in.

None of this has an effect here, because the verdict is made elsewhere. It is looked for so that a
report can say by name what was tried. Findings are told, they cost no points, and an app that
hides better is not treated differently.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

#: Modules that judge code; an app has no use for them.
_GRADERS = frozenset(
    [
        "_pytest",
        "check50",
        "checker",
        "gradescope_utils",
        "nose",
        "otter",
        "pytest",
        "unittest",
        "webtest",
    ]
)
#: Libraries whose own parts an app does not replace.
_LIBRARIES = frozenset(("flask", "hmac", "werkzeug", "builtins"))
#: Objects of these libraries that are made to be written to.
_OPEN = frozenset(("current_app", "g", "request", "session"))
#: Files that graders write.
_REPORTS = ("results.json", "result.json", "results.xml", "junit.xml", "report.xml", ".workshop")
_ENOUGH = 20


def inspect(folder: str) -> list[dict[str, object]]:
    """Return what stands out in the ``.py`` files under ``folder``: kind, name, file, line."""
    found: list[dict[str, object]] = []
    for path in sorted(Path(folder).rglob("*.py")):
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
            continue  # loading it will say what is wrong
        name = os.path.relpath(path, folder)
        for kind, what, line in _findings(tree):
            found.append({"kind": kind, "name": what[:80], "file": name, "line": line})
            if len(found) == _ENOUGH:
                return found
    return found


def _findings(tree: ast.AST) -> Iterator[tuple[str, str, int]]:
    borrowed: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for module, bound in _imports(node):
                if module.partition(".")[0] in _GRADERS:
                    yield "grader", module, node.lineno
                if module.partition(".")[0] in _LIBRARIES:
                    borrowed.add(bound)
    borrowed -= _OPEN
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if any(node.value.endswith(name) for name in _REPORTS):
                yield "report", node.value, node.lineno
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and _root(target) in borrowed:
                    yield "patch", ast.unparse(target), node.lineno
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "setattr"
            and node.args
            and _root(node.args[0]) in borrowed
        ):
            yield "patch", ast.unparse(node.args[0]), node.lineno


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Give each imported module and the name that it, or its part, is known by."""
    if isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield node.module or "", alias.asname or alias.name
    else:
        for alias in node.names:
            yield alias.name, alias.asname or alias.name.partition(".")[0]


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
