"""What several suites ask of the table of accounts, of sessions, and of programs."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, session

from checker.apps.submission import Submission
from checker.course import steps
from checker.suites.bench import Bench
from checker.suites.people import keeps_unique, odd_bodies
from checker.suites.signed_sessions import contents, signed
from checker.suites.trial import Trial

STEP = steps()[1]
COLUMNS = "id INT PRIMARY KEY, username VARCHAR(50), email VARCHAR(254)"
#: Makes its tables where it is told that its SQLite file is; on a server, schema.sql does it.
APP = """
import os
import sqlite3
from pathlib import Path

from flask import Flask

app = Flask(__name__)
if "DATABASE_URL" in os.environ:
    database = sqlite3.connect(os.environ["DATABASE_URL"].removeprefix("sqlite:///"))
    database.executescript(Path(__file__).with_name("schema.sql").read_text())
"""


@contextmanager
def trial(bench: Bench, kind: str, schema: str) -> Iterator[Trial]:
    """Yield a trial on a database with that schema."""
    submission = Submission({"app.py": APP.encode(), "schema.sql": schema.encode()})
    made = Trial(bench, submission, STEP, None, kind, "", inspect=False)
    try:
        made.start()
        yield made
    finally:
        made.close()


@pytest.mark.parametrize("kind", ["mariadb", "sqlite"])
@pytest.mark.parametrize(
    ("schema", "unique"),
    [
        (f"CREATE TABLE accounts ({COLUMNS})", False),
        (f"CREATE TABLE accounts ({COLUMNS}, UNIQUE (username))", True),
        (f"CREATE TABLE accounts ({COLUMNS}, UNIQUE (username, email))", False),
        (f"CREATE TABLE accounts ({COLUMNS}, UNIQUE (email))", False),
        (f"CREATE TABLE accounts ({COLUMNS}); CREATE INDEX x ON accounts (username)", False),
        (f"CREATE TABLE accounts ({COLUMNS}); CREATE UNIQUE INDEX x ON accounts (username)", True),
    ],
)
def test_a_name_is_unique_if_the_table_says_so(
    bench: Bench, kind: str, schema: str, unique: bool
) -> None:
    with trial(bench, kind, schema) as made:
        assert keeps_unique(made, "username") is unique


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (
            "mariadb",
            f"CREATE TABLE accounts ({COLUMNS}, "
            "folded VARCHAR(50) AS (LOWER(username)) STORED UNIQUE)",
        ),
        (
            "sqlite",
            f"CREATE TABLE accounts ({COLUMNS}); "
            "CREATE UNIQUE INDEX x ON accounts (lower(username))",
        ),
    ],
)
def test_an_index_on_the_name_in_small_letters_counts(bench: Bench, kind: str, schema: str) -> None:
    with trial(bench, kind, schema) as made:
        assert keeps_unique(made, "username")
        assert not keeps_unique(made, "email")


def test_a_session_is_written_and_read_as_flask_does_it() -> None:
    app = Flask(__name__)
    app.secret_key = "only for this test"

    @app.route("/<name>")
    def swap(name: str) -> str:
        before = session.get("name", "nobody")
        session["name"] = name
        return str(before)

    client = app.test_client()
    client.set_cookie("session", signed({"name": "ada"}, app.secret_key))
    assert client.get("/bob").text == "ada"
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert contents(cookie.value, app.secret_key) == {"name": "bob"}
    assert contents(cookie.value, "another key") is None
    assert contents("no session", app.secret_key) is None


def test_what_is_equal_in_a_form_is_made_odd_together() -> None:
    fields = {"name": "ada", "password": "secret", "again": "secret"}
    texts = [body for what, _, body in odd_bodies(fields, [("token", "t")]) if "emoji" in what]
    emoji = "😀".encode() * 8
    assert texts == [
        b"token=t&name=" + emoji + b"&password=secret&again=secret",
        b"token=t&name=ada&password=" + emoji + b"&again=" + emoji,
    ]
