"""What stands out in a submission's source, and what must not be taken for it."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from checker.apps.inside.inspection import inspect


def found(folder: Path, source: str | bytes, name: str = "app.py") -> list[tuple[str, str, int]]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(source, str):
        source = textwrap.dedent(source).encode()
    path.write_bytes(source)
    return [(str(f["kind"]), str(f["name"]), int(str(f["line"]))) for f in inspect(str(folder))]


@pytest.mark.parametrize(
    ("source", "finding"),
    [
        ("import pytest", ("grader", "pytest")),
        ("import unittest.mock as m", ("grader", "unittest.mock")),
        ("from webtest import TestApp", ("grader", "webtest")),
        ("from _pytest.reports import TestReport", ("grader", "_pytest.reports")),
        ("import gradescope_utils", ("grader", "gradescope_utils")),
        ("from checker.suites import check", ("grader", "checker.suites")),
        ("import flask\nflask.Flask.run = None", ("patch", "flask.Flask.run")),
        ("from flask import Flask as F\nF.wsgi_app = None", ("patch", "F.wsgi_app")),
        (
            "import werkzeug.test\nwerkzeug.test.Client.open = None",
            ("patch", "werkzeug.test.Client.open"),
        ),
        ("import hmac\nhmac.compare_digest = lambda *a: True", ("patch", "hmac.compare_digest")),
        ("import builtins as b\nsetattr(b, 'len', None)", ("patch", "b")),
        ("open('results.json', 'w')", ("report", "results.json")),
        (
            "path = '/autograder/results/results.json'",
            ("report", "/autograder/results/results.json"),
        ),
        ("p = '../.workshop'", ("report", "../.workshop")),
    ],
)
def test_what_would_disturb_a_grader_is_found(tmp_path: Path, source: str, finding):
    lines = source.count("\n") + 1
    assert found(tmp_path, source) == [(*finding, lines)]


@pytest.mark.parametrize(
    "source",
    [
        "import flask\nflask.g.user = 1\nflask.session.permanent = True",
        "from flask import g, session as s\ng.user = 1\ns.permanent = True",
        "from flask import Flask\napp = Flask(__name__)\napp.secret_key = 'x'\napp.testing = True",
        "class Pytest:\n    pass\nPytest.x = 1",
        "from .pytest import thing",
        "from . import unittest",
        "import json\njson.x = 1",
        "print('pytest', 'import unittest')",
        "def f(flask):\n    other.x = 1",
        "(a, b) = 1, 2\n[c.d for c in ()]\nx[0].y = f().z = 3",
    ],
)
def test_what_an_app_may_well_do_is_no_finding(tmp_path: Path, source: str):
    assert found(tmp_path, source) == []


@pytest.mark.parametrize(
    "name", ["test_app.py", "app_test.py", "tests/x.py", "tests.py", "conftest.py"]
)
def test_tests_of_the_students_own_are_no_finding(tmp_path: Path, name: str):
    assert found(tmp_path, "import pytest, unittest", name) == []


def test_a_file_that_only_sounds_like_a_test_is_looked_at(tmp_path: Path):
    assert found(tmp_path, "import pytest", "contest.py") == [("grader", "pytest", 1)]


@pytest.mark.parametrize(
    "source",
    [
        b"def f(:",
        b"\xff\xfe\x00",
        b"\0",
        b"(" * 10_000,
        b"-" * 100_000 + b"1",
        b"x = " + b"[" * 150 + b"]" * 150,
        b"x = " + b".".join([b"a"] * 900) + b" = 1",
        b"import flask\nflask." + b".".join([b"a"] * 900) + b" = 1",
        b"1" + b"+1" * 50_000,
        b"# coding: nonsense\n",
        b"x = '\\d'\nassert (1, 'always true')\n",
        b"x = 1if 1else 2\n",
    ],
)
def test_no_source_can_stop_the_reader(tmp_path: Path, source: bytes):
    found(tmp_path, source)
    assert found(tmp_path, "import pytest", "z.py")[-1] == ("grader", "pytest", 1)


def test_not_more_is_told_than_anybody_reads(tmp_path: Path):
    assert len(found(tmp_path, "import pytest\n" * 500)) == 20


def test_names_are_told_short_and_as_text(tmp_path: Path):
    ((_, name, _),) = found(tmp_path, f"path = '\\udcff{'x' * 500}results.json'")
    assert len(name) <= 80
    assert name.encode()
