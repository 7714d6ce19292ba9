"""The outputs that lessons show, each with the function that generates it."""

import ast
import base64
from collections.abc import Callable, Mapping
from functools import partial

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from checker.attacks import ATTACKS
from checker.course import steps
from tests.lessons import step_03, step_04, step_05, step_06
from tests.lessons.played import attack, copied_cookie
from tests.lessons.sources import mistaken_file
from tests.lessons.verdict import verdict


def query_with_f_string() -> str:
    """Return the SQL text that the f-string of lesson 1 makes of a hostile username."""
    typed = {"username": "admin' -- ", "password": "anything"}
    program = ast.parse(mistaken_file("f-string", "solutions/01-raw-mysql-login/app.py"))
    queries = [
        node
        for node in ast.walk(program)
        if isinstance(node, ast.JoinedStr) and "SELECT" in ast.unparse(node)
    ]
    assert len(queries) == 1, "lesson 1 expects one query made with an f-string"
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else typed[ast.unparse(part.value)]
        for part in queries[0].values
        if isinstance(part, (ast.Constant, ast.FormattedValue))
    )


def session_cookie() -> str:
    """Return the session cookie that Flask makes for the account of lesson 1."""
    app = Flask(__name__)
    app.secret_key = "only for this demonstration"
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None, "an app with a key has a serializer"
    return str(serializer.dumps({"account_id": 1, "username": "ada"}))


def first_part_of_session_cookie() -> str:
    """Return what the first part of that cookie says, read without the key."""
    return base64.urlsafe_b64decode(session_cookie().partition(".")[0]).decode()


OUTPUTS: Mapping[str, Callable[[], str]] = (
    {
        "the query that f-string sends": query_with_f_string,
        "the first part of the session cookie": first_part_of_session_cookie,
        "a reused id": step_03.reused_id,
        "a long name in a short column": step_03.long_name,
        "a stored hash": step_04.stored,
        "the first digits of that hash": step_04.first_digits,
        "a session before and after logout_user()": step_05.session_after_logout,
        "the remember cookie of an id": step_06.cookie_of_an_id,
        "a copied cookie after logging out": lambda: copied_cookie(steps()[1]),
    }
    | {f"python3 -m checker check {step.number}": partial(verdict, step) for step in steps()}
    | {
        f"the end of python3 -m checker attack {each.name} --weak": partial(attack, each.name)
        for each in ATTACKS
    }
)
