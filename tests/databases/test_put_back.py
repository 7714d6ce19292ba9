"""A database whose app goes on running gets back what it held before."""

import contextlib
from collections.abc import Iterator

import pytest
from database_helpers import App

from checker.apps.jail import Jail, LookupRefused
from checker.apps.submission import Submission
from checker.databases.database import Database
from checker.databases.private import PrivateServer
from checker.databases.sqlite import SqliteDatabase
from checker.databases.trouble import DatabaseTrouble

SEEDED = """
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY {counting}, username VARCHAR(50) UNIQUE, password VARCHAR(255)
);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY {counting}, account INTEGER REFERENCES accounts (id), text VARCHAR(99)
);
INSERT INTO accounts (username, password) VALUES ('admin', 'Pw''s'), ('test', NULL);
"""
MAKES_THE_FILE = b"""
import os, sqlite3
from flask import Flask
app = Flask(__name__)
file = sqlite3.connect(os.environ["DATABASE_URL"].removeprefix("sqlite:///"))
file.execute("PRAGMA user_version = 1")
"""
MARIADB = SEEDED.format(counting="AUTO_INCREMENT")
SQLITE = SEEDED.format(counting="AUTOINCREMENT")


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail([]) as jail:
        yield jail


@pytest.fixture(params=["mariadb", "sqlite"])
def seeded(
    request: pytest.FixtureRequest, server: PrivateServer, jail: Jail
) -> Iterator[Database | SqliteDatabase]:
    if request.param == "mariadb":
        yield server.new_database(MARIADB)
        return
    with contextlib.closing(jail.world()) as world:
        file = SqliteDatabase(world.path, world.look, LookupRefused)
        with world.start(Submission({"app.py": MAKES_THE_FILE}), file.settings):
            for statement in SQLITE.split(";")[:-1]:
                file.execute(statement)
            yield file


def test_rows_come_back_and_others_go(seeded: Database | SqliteDatabase) -> None:
    before = seeded.contents()
    seeded.execute("INSERT INTO accounts (username, password) VALUES ('new', 'x')")
    seeded.execute("INSERT INTO notes (account, text) VALUES (3, 'mine')")
    seeded.execute("UPDATE accounts SET password = 'pwned'")
    seeded.execute("DELETE FROM accounts WHERE username = 'test'")
    seeded.put_back(before)
    assert seeded.contents() == before
    assert seeded.add_account("new", "x") == 3


def test_numbers_begin_at_one_again_in_an_empty_table(seeded: Database | SqliteDatabase) -> None:
    before = seeded.contents()
    seeded.execute("INSERT INTO notes (text) VALUES ('first'), ('second')")
    seeded.put_back(before)
    seeded.execute("INSERT INTO notes (text) VALUES ('first')")
    assert seeded.rows("notes") == [{"id": 1, "account": None, "text": "first"}]


def test_tables_that_were_made_since_go(seeded: Database | SqliteDatabase) -> None:
    before = seeded.contents()
    seeded.execute("CREATE TABLE canary (account INTEGER REFERENCES accounts (id))")
    seeded.execute("INSERT INTO canary VALUES (1)")
    seeded.put_back(before)
    assert seeded.tables() == ["accounts", "notes"]


@pytest.mark.parametrize(
    "statement", ["DROP TABLE notes", "ALTER TABLE notes ADD COLUMN more INTEGER"]
)
def test_a_table_that_is_gone_or_another_is_not_put_back(
    seeded: Database | SqliteDatabase, statement: str
) -> None:
    before = seeded.contents()
    seeded.execute(statement)
    with pytest.raises(DatabaseTrouble, match="not defined as it was"):
        seeded.put_back(before)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE DATABASE other",
        "SET GLOBAL max_connections = 10",
        "SELECT * FROM mysql.user",
    ],
)
def test_what_goes_beyond_the_tables_is_not_put_back(
    database: Database, app: App, statement: str
) -> None:
    before = database.contents()
    app.do(statement)
    with pytest.raises(DatabaseTrouble, match="beyond its own tables"):
        database.put_back(before)


def test_who_holds_a_lock_is_not_waited_for_long(database: Database, app: App) -> None:
    before = database.contents()
    app.do("BEGIN", "INSERT INTO accounts (username, password) VALUES ('a', 'b')")
    with pytest.raises(DatabaseTrouble, match="locked"):
        database.put_back(before)


def test_the_log_begins_anew_and_the_connection_stays(database: Database, app: App) -> None:
    before = database.contents()
    with app.connect().cursor() as cursor:
        cursor.execute("INSERT INTO accounts (username, password) VALUES ('a', 'b')")
        database.put_back(before)
        assert database.log() == []
        cursor.execute("SELECT * FROM accounts")
        assert cursor.fetchall() == ()
    assert [entry.kind for entry in database.log()] == ["Query"]
