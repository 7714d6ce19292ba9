"""Whatever an app does to the server, the next check's database is as on the first day."""

import re
import time
from pathlib import Path

import pytest
from database_helpers import App

from checker.databases.database import Database
from checker.databases.private import PrivateServer

SCHEMA = "CREATE TABLE accounts (id INT AUTO_INCREMENT PRIMARY KEY, username TEXT, password TEXT);"
BIG = "REPEAT('x', 15000000)"
#: Differ from one look to the next on any server.
_ALIVE = re.compile("timestamp|_gtid|last_insert|pseudo_thread|rand_seed|error_count|warning_count")


def state(database: Database) -> object:
    """Return all that an app could have changed for the next one."""
    variables = {
        row["Variable_name"]: row["Value"]
        for row in database.execute("SHOW GLOBAL VARIABLES")
        if not _ALIVE.search(str(row["Variable_name"]))
    }
    names = database.execute(
        "SELECT CONCAT('`', TABLE_SCHEMA, '`.`', TABLE_NAME, '`') AS name"
        " FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE'"
        " AND TABLE_SCHEMA NOT IN ('information_schema', 'performance_schema')"
        # Statistics of tables, written by the server when it likes.
        " AND TABLE_NAME NOT LIKE 'innodb%stats' AND TABLE_NAME NOT LIKE '%\\_log' ORDER BY name"
    )
    sums = [database.execute(f"CHECKSUM TABLE {row['name']}") for row in names]
    return (
        variables,
        sums,
        database.execute("SHOW DATABASES"),
        database.execute("SHOW PLUGINS"),
        database.execute("SELECT @@GLOBAL.sql_mode, @@sql_mode, DATABASE()"),
    )


@pytest.fixture(scope="module")
def first_day(server: PrivateServer) -> object:
    return state(server.new_database(SCHEMA))


@pytest.mark.parametrize(
    "deeds",
    [
        ("INSERT INTO accounts VALUES (7, 'ada', 'x')", "ALTER TABLE accounts AUTO_INCREMENT = 99"),
        ("DROP TABLE accounts", "CREATE TABLE other (id INT)"),
        ("DROP DATABASE pythonlogin",),
        ("CREATE DATABASE another", "CREATE DATABASE `od``d`"),
        ("DROP DATABASE mysql",),
        ("DROP DATABASE sys",),
        ("DELETE FROM mysql.user",),
        ("CREATE TABLE sys.mine (id INT)",),
        ("SET GLOBAL general_log = OFF",),
        ("SET GLOBAL general_log_file = '/data/other'",),
        ("SET GLOBAL max_connections = 10, GLOBAL sql_mode = 'ANSI', GLOBAL wait_timeout = 1",),
        ("SET GLOBAL init_connect = 'SELECT SLEEP(1)'",),
        ("EXECUTE IMMEDIATE CONCAT('SET GLO', 'BAL read_only = 1')",),
        ("SELECT 1; SET GLOBAL lower_case_table_names = 1",),
        ("SELECT 1; SET GLOBAL event_scheduler = ON",),
        ("CREATE TRIGGER t BEFORE INSERT ON accounts FOR EACH ROW SET NEW.username = 'eve'",),
        ("CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO DELETE FROM accounts",),
        ("CREATE FUNCTION f() RETURNS INT RETURN SLEEP(9)",),
        ("INSTALL SONAME 'ha_blackhole'",),
        ("FLUSH PRIVILEGES",),
        ("FLUSH TABLES WITH READ LOCK",),
        ("SHUTDOWN",),
    ],
    ids=lambda deeds: deeds[0][:40],
)
def test_the_server_is_as_on_the_first_day(
    server: PrivateServer, first_day: object, app: App, deeds: tuple[str, ...]
) -> None:
    app.try_to(*deeds)
    database = server.new_database(SCHEMA)
    assert state(database) == first_day
    with App(server, database) as next_app:
        assert next_app.do("SELECT COUNT(*) FROM accounts", user="anybody") == [(0,)]
        assert database.log()[0].user == "anybody"
    assert database.add_account("ada", "secret") == 1


def test_a_schema_can_do_no_more_than_an_app(server: PrivateServer, first_day: object) -> None:
    server.new_database(f"SET GLOBAL max_connections = 10; {SCHEMA}")
    assert state(server.new_database(SCHEMA)) == first_day


def test_statements_at_work_do_not_hold_up_the_next_check(server: PrivateServer, app: App) -> None:
    for statement in ("SELECT SLEEP(1000)", "SELECT BENCHMARK(1e12, SHA2('x', 512))"):
        app.begin(statement)
    begin = time.monotonic()
    assert server.new_database(SCHEMA).connections() == []
    assert time.monotonic() - begin < 2


@pytest.mark.parametrize(("engine", "rows"), [("InnoDB", 6), ("MyISAM", 3), ("Aria", 3)])
def test_a_full_disk_is_only_the_servers_own(
    server: PrivateServer, app: App, engine: str, rows: int
) -> None:
    """One table reaches the limit for a file, or many small ones that for all."""
    folder = server.socket_directory.parent
    app.do("SET GLOBAL max_statement_time = 1")
    for number in range(20):
        create = f"CREATE TABLE t{number} (a LONGTEXT) ENGINE = {engine}"
        app.try_to(create, *[f"INSERT INTO t{number} VALUES ({BIG})"] * rows)
        if not app_still_there(app):
            break
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 1_000_000
    assert server.new_database(SCHEMA).dump() == {"accounts": []}


def app_still_there(app: App) -> bool:
    try:
        app.do("SELECT 1")
    except Exception:
        return False
    return True


def test_the_log_is_no_way_to_fill_the_disk(server: PrivateServer, app: App) -> None:
    folder = server.socket_directory.parent
    for _ in range(6):
        app.try_to(f"SELECT LENGTH('{'x' * 14_000_000}')")
    assert (folder / "general.log").stat().st_size <= 64 << 20
    assert server.new_database(SCHEMA).log() == []
    assert (folder / "general.log").stat().st_size < 10_000


def test_the_server_sees_no_files_but_its_own(server: PrivateServer, app: App) -> None:
    path = str(Path(__file__).resolve())
    assert app.do(f"SELECT LOAD_FILE('{path}'), LOAD_FILE('/etc/passwd')") == [(None, None)]
    for place in ("/server/x", "/x", "/dev/x", "/dev/shm/x", "/usr/x", "/template.tar"):
        app.try_to(f"SET GLOBAL general_log_file = '{place}'")
        app.try_to(f"SELECT 1 INTO OUTFILE '{place}'")
    folder = server.socket_directory.parent
    assert sorted(path.name for path in folder.iterdir()) == [
        *("general.log", "lock", "output", "server", "socket")
    ]
    assert [path.name for path in (folder / "server").iterdir()] == ["mysqld.sock"]
    assert [path.name for path in (folder / "socket").iterdir()] == ["mysqld.sock"]


def test_a_new_database_takes_milliseconds(server: PrivateServer) -> None:
    """Not a stop-watch: three times the time that would be noticed."""
    times = []
    for _ in range(5):
        begin = time.monotonic()
        server.new_database(SCHEMA)
        times.append(time.monotonic() - begin)
    assert min(times) < 0.03
