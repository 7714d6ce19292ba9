"""A world: apps, one after the other, that share a SQLite file, and the look at that file."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil
import pytest
from conftest import SMALL, submission_of

from checker.apps.jail import Jail, LookupRefused, World
from checker.apps.remote import RemoteApp

WRITES = """
import contextlib, os, sqlite3

PLACE = "/data/app.db"

@app.post("/")
def write():
    with contextlib.closing(sqlite3.connect(PLACE)) as database:
        database.executescript(request.get_data(as_text=True))
    return "written"

@app.post("/raw")
def raw():
    exec(request.get_data(as_text=True))
    return "done"
"""


@pytest.fixture
def world(jails) -> Iterator[World]:
    world = jails(SMALL).world()
    yield world
    world.close()


@pytest.fixture
def app(world: World) -> Iterator[RemoteApp]:
    with world.start(submission_of(WRITES), {}) as app:
        yield app


def test_what_one_app_writes_the_next_one_and_the_checker_find(world: World, app, get):
    get(
        app,
        method="POST",
        data="CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'ü'), (x'ff', 2.5)",
    )
    assert world.look("SELECT * FROM t", []) == [{"a": 1, "b": "ü"}, {"a": b"\xff", "b": 2.5}]
    with world.start(submission_of(WRITES), {}) as second:
        get(second, method="POST", data="UPDATE t SET a = 7")
    assert world.look("SELECT DISTINCT a FROM t WHERE a = ?", [7]) == [{"a": 7}]


def test_two_worlds_know_nothing_of_each_other(jails, world: World, app, get):
    get(app, method="POST", data="CREATE TABLE t (a)")
    other = jails(SMALL).world()
    with pytest.raises(LookupRefused, match="unable to open"):
        other.look("SELECT * FROM t", [])
    other.close()


@pytest.mark.parametrize(
    ("code", "sql", "expected"),
    [
        ("pass", "SELECT 1", "unable to open database file"),
        ("open(PLACE, 'wb').write(os.urandom(100_000))", "SELECT * FROM t", "not a database"),
        ("os.mkdir(PLACE)", "SELECT 1", "unable to open"),
        ("os.mkfifo(PLACE)", "SELECT * FROM t", "no answer|unable to open|disk I/O|no such table"),
        ("os.symlink('/etc/passwd', PLACE)", "SELECT * FROM t", "unable to open|not a database"),
        ("os.symlink('/proc/1/mem', PLACE)", "SELECT * FROM t", "unable to open|no such"),
        ("os.symlink(PLACE, PLACE)", "SELECT 1", "unable to open"),
    ],
)
def test_a_file_that_is_no_database_is_refused(world: World, app, get, code, sql, expected):
    get(app, "/raw", method="POST", data=code)
    with pytest.raises(LookupRefused, match=expected):
        world.look(sql, [])


def test_a_view_without_end_is_given_up_and_leaves_no_process(jails, get):
    jail: Jail = jails(SMALL)
    world = jail.world()
    with world.start(submission_of(WRITES), {}) as app:
        get(
            app,
            method="POST",
            data="CREATE VIEW accounts AS WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL"
            " SELECT n + 1 FROM c) SELECT max(n) FROM c",
        )
        begin = time.monotonic()
        with pytest.raises(LookupRefused):
            world.look("SELECT * FROM accounts", [])
        assert time.monotonic() - begin < 6
    world.close()
    leader = psutil.Process(jail._process.pid)
    deadline = time.monotonic() + 2
    while len(leader.children(recursive=True)) > 2:
        assert time.monotonic() < deadline, leader.children(recursive=True)


def test_after_a_statement_that_was_refused_the_next_one_is_answered(world: World, app, get):
    get(app, method="POST", data="CREATE TABLE t (a); INSERT INTO t VALUES (1)")
    for _ in range(3):
        with pytest.raises(LookupRefused, match="no such table"):
            world.look("SELECT * FROM missing", [])
        assert world.look("SELECT a FROM t", []) == [{"a": 1}]


def test_many_looks_need_one_process(jails, world: World, app, get):
    get(app, method="POST", data="CREATE TABLE t (a)")
    leader = psutil.Process(jails(SMALL)._process.pid)
    seen = set()
    for number in range(5):
        world.look("INSERT INTO t VALUES (?)", [number])
        seen |= {process.pid for process in leader.children(recursive=True)}
    assert len(world.look("SELECT * FROM t", [])) == 5
    assert seen == {process.pid for process in leader.children(recursive=True)}


def test_functions_with_side_effects_are_not_called_by_views(world: World, app, get):
    get(app, method="POST", data="CREATE VIEW v AS SELECT load_extension('/app/x.so')")
    with pytest.raises(LookupRefused):
        world.look("SELECT * FROM v", [])


def test_more_rows_than_anybody_looks_at_are_refused_or_cut_off(world: World, app, get):
    get(
        app,
        method="POST",
        data="CREATE TABLE t (a); WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c"
        " LIMIT 70000) INSERT INTO t SELECT n FROM c",
    )
    assert len(world.look("SELECT * FROM t", [])) == 60_000
    with pytest.raises(LookupRefused):
        world.look("SELECT hex(zeroblob(1000)) FROM t", [])


def test_the_shared_folder_has_a_limit_too(world: World, app, get):
    code = """
with open("/data/filler", "wb") as file:
    try:
        for _ in range(100):
            file.write(bytes(1_000_000))
            file.flush()
    except OSError as error:
        assert error.errno in (27, 28)
    else:
        raise AssertionError("no limit")
"""
    assert get(app, "/raw", method="POST", data=code).text == "done"


def test_a_world_that_is_closed_refuses(jails):
    world = jails(SMALL).world()
    world.close()
    with pytest.raises(LookupRefused):
        world.look("SELECT 1", [])
