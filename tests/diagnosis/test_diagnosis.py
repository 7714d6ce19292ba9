"""How evidence is weighed, and what hostile evidence can do: nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from checker.verdicts.diagnosis import (
    AppException,
    Cause,
    Evidence,
    Place,
    diagnose,
    exceptions_from,
)

LINE = Place("app.py", 12, "login", 'if account["password"] == password:')
NO_ROW = AppException("TypeError", "'NoneType' object is not subscriptable", (LINE,))
NO_TABLE = AppException(
    "MySQLdb.ProgrammingError", "(1146, \"Table 'pythonlogin.account' doesn't exist\")"
)
NOT_FOUND = AppException(
    "werkzeug.exceptions.NotFound",
    "404 Not Found: The requested URL was not found on the server. If you entered the URL "
    "manually please check your spelling and try again.",
)
UNKNOWN = AppException("app.LoginError", "no luck today")


def cause_of(*exceptions: AppException, **more: object) -> Cause:
    cause = diagnose(Evidence(exceptions, **more))
    assert cause is not None
    return cause


def test_nothing_seen_has_no_cause():
    assert diagnose(Evidence()) is None


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(output='127.0.0.1 - - [20/Nov/2026 10:00:00] "POST /login HTTP/1.1" 302 -\n'),
        Evidence(output=" * Serving Flask app 'app'\n * Debug mode: off\nPress CTRL+C to quit\n"),
        Evidence(output="1045 logins today, 1062 yesterday\nTypeError is my favorite error\n"),
        Evidence(status=200, body="<title>Log in</title><p>Wrong username or password.</p>"),
        Evidence(status=400, body="<p>Type a username and a password.</p>"),
        Evidence(status=401, body="<p>Access denied.</p>"),
        Evidence(status=404, body="<p>There is nothing here.</p>"),
        Evidence(status=405, body="<p>You cannot do that.</p>"),
        Evidence(status=500, body="<p>Something went wrong.</p>"),
        Evidence(status=302, files=("app.py", "main.py", "flask.py", "login.html", "schema.sql")),
        Evidence(status=200, sources={"main.py": "if __name__ in '__main__':\n    app.run()\n"}),
        Evidence((UNKNOWN,), "it happened again\n", 500, "<p>Oh.</p>", ("app.py",)),
        Evidence((AppException("ValueError", "no such user", (LINE,)),)),
        Evidence((AppException("", ""),)),
        # Flask answered that some other page does not exist, and rightly so:
        Evidence((NOT_FOUND,), status=200, body="<p>Welcome back.</p>"),
        # The server would have been started twice, but here it was not, and there is a page:
        Evidence(served=(LINE,), status=200, body="<p>Wrong password.</p>"),
    ],
    ids=repr,
)
def test_innocent_evidence_has_no_cause(evidence: Evidence):
    assert diagnose(evidence) is None


def test_the_place_is_the_innermost_line_of_the_app():
    inner = Place("database.py", 3, "find", 'return cursor.fetchone()["id"]')
    cause = cause_of(AppException(NO_ROW.type, NO_ROW.message, (LINE, inner)))
    assert cause.place == inner
    assert cause.title.startswith("database.py line 3: the query found no row")


def test_without_a_place_the_title_is_a_sentence_of_its_own():
    assert cause_of(NO_TABLE).title == "The database has no table `pythonlogin.account`"


def test_what_is_behind_an_unknown_exception_counts_and_is_told_with_its_place():
    outer = AppException(UNKNOWN.type, UNKNOWN.message, (LINE,))
    cause = cause_of(outer, NO_TABLE)
    assert (cause.id, cause.place) == ("mysql-table-missing", LINE)


def test_the_decisive_exception_counts_before_what_is_behind_it():
    assert cause_of(NO_TABLE, NO_ROW).id == "mysql-table-missing"
    assert cause_of(NO_ROW, NO_TABLE).id == "row-is-none"


def test_an_exception_counts_before_page_and_output():
    cause = cause_of(NO_ROW, output=NO_TABLE.message, status=500, body=NO_TABLE.message)
    assert cause.id == "row-is-none"


def test_a_value_is_shown_on_one_line_short_and_visible():
    wild = "a\n\x1b[31mb\u202e" + "c" * 70
    cause = cause_of(AppException("KeyError", f"'{wild.replace(chr(10), ' ')}'", (LINE,)))
    assert "\x1b" not in cause.title
    assert "\u202e" not in cause.title
    assert "a \ufffd[31mb\ufffdccc" in cause.title
    long = Place("a/" * 500 + "app.py", 1, "", LINE.source)
    assert len(cause_of(AppException(NO_ROW.type, NO_ROW.message, (long,))).title) < 200


def test_values_are_not_read_as_placeholders():
    table = "(1146, \"Table '$file.$$x' doesn't exist\")"
    assert "`$file.$$x`" in cause_of(AppException("MySQLdb.ProgrammingError", table)).title


# --- exceptions_from -----------------------------------------------------------------------------


def test_exceptions_are_read_with_their_causes_behind_them():
    described = {
        "type": "RuntimeError",
        "message": "outer",
        "places": [{"file": "app.py", "line": 3, "function": "home", "source": "find()"}],
        "causes": [{"type": "KeyError", "message": "'x'", "places": []}],
    }
    outer = AppException("RuntimeError", "outer", (Place("app.py", 3, "home", "find()"),))
    inner = AppException("KeyError", "'x'")
    assert exceptions_from(described) == (outer, inner)
    assert exceptions_from([described, described]) == (outer, inner) * 2


@pytest.mark.parametrize(
    "described",
    [
        None,
        7,
        "text",
        [],
        [None, 7, "text", [[]]],
        {"places": 7, "causes": "many"},
        {"type": 7, "message": None, "places": [None, {"file": None, "line": "3"}, {"line": 3}]},
        {"places": [{"file": "app.py", "line": 10**4000}, {"file": "app.py", "line": -1}]},
        {"causes": [None, {"causes": [{}] * 9}]},
    ],
    ids=repr,
)
def test_malformed_descriptions_are_left_out(described: object):
    for exception in exceptions_from(described):
        assert exception == AppException("", "")


def test_a_flood_of_exceptions_is_cut():
    one = {"type": "E", "message": "m" * 10**6, "places": [{"file": "a.py", "line": 1}] * 1000}
    found = exceptions_from([one | {"causes": [one] * 1000}] * 1000)
    assert len(found) <= 30
    assert max(len(exception.message) for exception in found) <= 2_000
    assert max(len(exception.places) for exception in found) <= 30


# --- Time ----------------------------------------------------------------------------------------


def test_no_text_makes_the_patterns_slow():
    # Thousands of texts of 1 MB, each made of the beginning of a pattern over and over again: one
    # pattern that went back and forth over one of them would take minutes.
    hostile = Path(__file__).with_name("hostile.py")
    subprocess.run([sys.executable, hostile], check=True, timeout=20)
