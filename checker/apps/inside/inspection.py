"""Reading a submission's source before it runs: what it would do to a grader that it ran in.

None of this has an effect here, because the verdict is made elsewhere. It is looked for so that a
report can say by name what was tried. Findings are told, they cost no points, and an app that
hides better is not treated differently. Tests that somebody wrote for their own app are no
finding.
"""

from __future__ import annotations

import ast
import os
import re
import warnings
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
#: An author's own tests, by the names that test runners look for.
_TESTS = re.compile(r"(?:.*/)?(?:tests?/.*|test_[^/]*|[^/]*_test|tests|conftest)\.py")
_ENOUGH = 20


def inspect(folder: str) -> list[dict[str, object]]:
    """Return what stands out in the ``.py`` files under ``folder``: kind, name, file, line."""
    found: list[dict[str, object]] = []
    for path in sorted(Path(folder).rglob("*.py")):
        name = os.path.relpath(path, folder)
        if _TESTS.fullmatch(name):
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python tells them when it loads the file
                tree = ast.parse(path.read_bytes())
            for kind, what, line in _findings(tree):
                told = what.encode(errors="replace").decode()[:80]
                found.append({"kind": kind, "name": told, "file": name[:200], "line": line})
                if len(found) == _ENOUGH:
                    return found
        except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
            continue  # loading it will say what is wrong
    return found


def _findings(tree: ast.AST) -> Iterator[tuple[str, str, int]]:
    borrowed: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for module, name, bound in _imports(node):
                if module.partition(".")[0] in _GRADERS:
                    yield "grader", module, node.lineno
                if module.partition(".")[0] in _LIBRARIES and name not in _OPEN:
                    borrowed.add(bound)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value.endswith(_REPORTS):
                yield "report", node.value[-80:], node.lineno
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and _is_part(target, borrowed):
                    yield "patch", _dotted(target), node.lineno
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "setattr"
            and node.args
            and _is_part(node.args[0], borrowed)
        ):
            yield "patch", _dotted(node.args[0]), node.lineno


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str, str]]:
    """Give each imported module, the part of it that is taken, and the name that it gets."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield ("." * node.level) + (node.module or ""), alias.name, alias.asname or alias.name
        else:
            yield alias.name, "", alias.asname or alias.name.partition(".")[0]


def _is_part(node: ast.expr, borrowed: set[str]) -> bool:
    """Tell whether an expression names a part of a library that is not there to be written to."""
    root, *parts = _dotted(node).split(".")
    return root in borrowed and not (parts and parts[0] in _OPEN)


def _dotted(node: ast.expr) -> str:
    """Return ``flask.Flask.run`` for the expression of that name; of others only the end."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts))
