"""An exception becomes plain data, whatever it is and whatever it tries."""

from __future__ import annotations

import ast
import json
import runpy
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from checker.apps.inside import describe as module
from checker.apps.inside.describe import describe


def raised(folder: Path, source: str, name: str = "app.py") -> BaseException:
    """Run ``source`` as a file of the submission in ``folder``; return what it raises."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(source), "utf-8")
    try:
        runpy.run_path(str(path), run_name="app")
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def described(folder: Path, source: str) -> dict[str, Any]:
    told = describe(raised(folder, source), folder)
    assert json.loads(json.dumps(told)) == told
    json.dumps(told, ensure_ascii=False).encode()  # no half characters either
    return told


def test_it_tells_type_message_and_the_apps_own_lines(tmp_path: Path):
    told = described(
        tmp_path,
        """\
        import json

        def load(text):
            return json.loads(text)

        load("{")
        """,
    )
    assert told["type"] == "json.decoder.JSONDecodeError"
    assert told["message"].startswith("Expecting property name")
    assert told["places"] == [
        {"file": "app.py", "line": 6, "function": "<module>", "source": 'load("{")'},
        {"file": "app.py", "line": 4, "function": "load", "source": "return json.loads(text)"},
    ]


def test_an_expression_over_several_lines_is_told_whole(tmp_path: Path):
    told = described(
        tmp_path,
        """\
        numbers = dict(a=1)
        numbers.pop(
            "b",
        )
        """,
    )
    assert told["places"][-1]["line"] == 2
    assert told["places"][-1]["source"] == 'numbers.pop( "b", )'


def test_of_a_class_only_the_first_line_is_told(tmp_path: Path):
    told = described(tmp_path, "class A:\n    b = 1\n    c = d\n")
    assert [place["source"] for place in told["places"]] == ["class A:", "c = d"]


def test_a_syntax_error_has_the_place_that_it_is_about(tmp_path: Path):
    told = described(tmp_path, "x = 1\ny = (\n")
    assert told["type"] == "SyntaxError"
    place = {"file": "app.py", "line": 2, "function": "<module>", "source": "y = ("}
    assert told["places"] == [place]


def test_causes_are_told_also_where_they_are_hidden(tmp_path: Path):
    told = described(
        tmp_path,
        """\
        try:
            try:
                {}["a"]
            except KeyError as error:
                raise ValueError("b") from error
        except ValueError:
            raise RuntimeError("c") from None
        """,
    )
    assert told["type"] == "RuntimeError"
    assert [cause["type"] for cause in told["causes"]] == ["ValueError", "KeyError"]
    assert [cause["places"][-1]["line"] for cause in told["causes"]] == [5, 3]


def test_libraries_and_other_folders_are_not_the_apps(tmp_path: Path):
    library = "venv/lib/python3.11/site-packages/shop/cart.py"
    assert describe(raised(tmp_path, "1 / 0", library), tmp_path)["places"] == []
    assert describe(raised(tmp_path / "other", "1 / 0"), tmp_path / "app")["places"] == []


def test_links_are_followed_before_a_place_counts_as_the_apps(tmp_path: Path):
    real = tmp_path / "real"
    link = tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    assert describe(raised(link, "1 / 0"), real)["places"][0]["file"] == "app.py"
    assert describe(raised(real, "1 / 0"), link)["places"][0]["file"] == "app.py"


def test_only_the_innermost_lines_of_a_deep_recursion_are_told(tmp_path: Path):
    told = described(tmp_path, "def a(n):\n    return a(n + 1)\n\na(0)\n")
    assert told["type"] == "RecursionError"
    assert len(told["places"]) == module.PLACES_LIMIT
    assert {place["line"] for place in told["places"]} == {2}


HOSTILE = {
    "a text that raises": """
        class E(Exception):
            def __str__(self):
                raise SystemExit("caught you")
        raise E
        """,
    "a text that is no text": """
        class E(Exception):
            def __str__(self):
                return 7
        raise E
        """,
    "a text that lies about itself": """
        class Text(str):
            def __getitem__(self, key): raise RuntimeError
            def __len__(self): return -1
            def encode(self, *_): raise RuntimeError
        class E(Exception):
            def __str__(self): return Text("boo")
        raise E
        """,
    "half a character": "raise Exception('\\ud83d')",
    "a message of 50 MB": "raise Exception('a' * 50_000_000)",
    "a type without a proper name": """
        E = type("a" * 10_000, (Exception,), {"__module__": 7})
        raise E
        """,
    "a type that hides its name": """
        class Meta(type):
            def __getattribute__(cls, name): raise RuntimeError
        class E(Exception, metaclass=Meta): pass
        raise E
        """,
    "attributes that raise": """
        class E(Exception):
            def __getattribute__(self, name): raise RuntimeError
        raise E
        """,
    "an endless chain": """
        class E(Exception):
            @property
            def __cause__(self): return E()
            __context__ = __cause__
        raise E
        """,
    "a chain that goes in a circle": """
        a, b = Exception("a"), Exception("b")
        a.__cause__, b.__cause__ = b, a
        raise a
        """,
    "a chain of a thousand": """
        last = None
        for number in range(1000):
            error = Exception(number)
            error.__context__ = last
            last = error
        raise last
        """,
    "a syntax error that names another file": """
        raise SyntaxError("no", ("/etc/passwd", 1, 1, "root"))
        """,
    "a syntax error that names nonsense": """
        raise SyntaxError("no", (7, "one", [], {}))
        """,
    "a syntax error far below the end": f"""
        raise SyntaxError("no", (__file__, {10**30}, 1, "x"))
        """,
    "code that pretends to be elsewhere": """
        code = compile("1 / 0", "/etc/passwd", "exec")
        exec(code)
        """,
    "code in a file that cannot be read": """
        import os
        os.mkfifo(__file__ + ".fifo")
        exec(compile("1 / 0", __file__ + ".fifo", "exec"))
        """,
    "code with a name that no path has": """
        exec(compile("1 / 0", "a" * 5000, "exec"))
        """,
    "a name with a zero byte": """
        raise SyntaxError("no", ("a" + chr(0), 1, 1, "x"))
        """,
    "an interrupt": "raise KeyboardInterrupt",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_exception_is_described_all_the_same(source: str, tmp_path: Path):
    told = described(tmp_path, source)
    assert told.keys() == {"type", "message", "places", "causes"}
    assert len(told["causes"]) <= module.CAUSES_LIMIT
    for one in [told, *told["causes"]]:
        assert type(one["type"]) is type(one["message"]) is str
        assert len(one["type"]) <= 500
        assert len(one["message"]) <= module.MESSAGE_LIMIT
        for place in one["places"]:
            assert place["file"] == "app.py"
            assert len(place["source"]) <= module.SOURCE_LIMIT


def test_what_a_hostile_exception_cannot_hide_is_told(tmp_path: Path):
    assert described(tmp_path, HOSTILE["a type that hides its name"])["type"] == "app.E"
    assert described(tmp_path, HOSTILE["a text that lies about itself"])["message"] == "boo"
    told = described(tmp_path, HOSTILE["attributes that raise"])
    assert (told["type"], told["places"][0]["line"]) == ("app.E", 4)
    circle = described(tmp_path, HOSTILE["a chain that goes in a circle"])
    assert [cause["message"] for cause in circle["causes"]] == ["b"]


def test_something_that_is_no_exception_does_no_harm(tmp_path: Path):
    told = describe("no exception", tmp_path)  # type: ignore[arg-type]
    assert told == {"type": "Exception", "message": "", "places": [], "causes": []}
    error = raised(tmp_path, "1 / 0")
    assert describe(error, "\0")["type"] == "ZeroDivisionError"


def test_it_runs_inside_the_jail_with_the_standard_library_alone():
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    names = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in getattr(node, "names", ())]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert names <= sys.stdlib_module_names
