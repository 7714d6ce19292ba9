"""What the inspector sees, and what the app meets, on a private server."""

import time

import pymysql
import pytest
from database_helpers import App

from checker.databases import session
from checker.databases.database import Database
from checker.databases.private import MOST_CONNECTIONS, PrivateServer
from checker.databases.records import TextValue
from checker.databases.trouble import DatabaseTrouble, SchemaError

ACCOUNTS = """
CREATE TABLE accounts (
    id INT AUTO_INCREMENT PRIMARY KEY,
    username VARCHAR(50) NOT NULL UNIQUE,
    password VARCHAR(255) NOT NULL
);
"""


def test_a_new_database_has_the_schema_and_no_rows(database: Database) -> None:
    assert database.name == "pythonlogin"
    assert database.dump() == {"accounts": []}


def test_an_account_is_stored_exactly_as_given(database: Database) -> None:
    number = database.add_account("O'Brien 100% ü😀", "  Pw'\\%s  ")
    assert database.dump() == {
        "accounts": [{"id": number, "username": "O'Brien 100% ü😀", "password": "  Pw'\\%s  "}]
    }


def test_the_app_sees_what_the_checker_wrote_and_the_other_way_round(
    database: Database, app: App
) -> None:
    database.add_account("ada", "secret")
    assert app.do("SELECT username FROM accounts") == [("ada",)]
    app.do("UPDATE accounts SET password = 'other'")
    assert database.execute("SELECT password FROM accounts WHERE username = %s", ("ADA",)) == [
        {"password": "other"}
    ]


def test_every_text_of_every_table_is_found(database: Database, app: App) -> None:
    app.do(
        "CREATE TABLE `odd ``name` (n INT, `my col` VARCHAR(9), b BLOB, e ENUM('x', 'y'), j JSON)",
        "INSERT INTO `odd ``name` VALUES (1, 'text', x'ff41', 'x', '{\"k\": 1}')",
        "INSERT INTO `odd ``name` (n) VALUES (2)",
        "CREATE VIEW looking AS SELECT * FROM `odd ``name` WHERE SLEEP(1000)",
    )
    database.add_account("ada", "secret")
    assert list(database.text_values()) == [
        TextValue("accounts", "username", "ada"),
        TextValue("accounts", "password", "secret"),
        TextValue("odd `name", "my col", "text"),
        TextValue("odd `name", "b", "\\xffA"),
        TextValue("odd `name", "e", "x"),
        TextValue("odd `name", "j", '{"k": 1}'),
    ]


def test_a_table_that_grew_beyond_reason_is_not_read(database: Database, app: App) -> None:
    app.do("CREATE TABLE big AS SELECT seq FROM seq_1_to_60000")
    with pytest.raises(DatabaseTrouble, match="`big` has grown to 60000 rows"):
        database.dump()


def test_a_missing_column_is_told_in_words(server: PrivateServer) -> None:
    database = server.new_database("CREATE TABLE accounts (id INT, name TEXT);")
    with pytest.raises(DatabaseTrouble, match="Unknown column 'username'"):
        database.add_account("ada", "secret")


@pytest.mark.parametrize(
    "login",
    [
        {"user": "root", "password": ""},
        {"user": "somebody", "password": "on their laptop"},
        {"user": "x" * 80, "password": "p" * 200},
    ],
)
def test_any_user_with_any_password_gets_in(app: App, login: dict[str, str]) -> None:
    assert app.do("SELECT COUNT(*) FROM accounts", **login) == [(0,)]


def test_it_compares_texts_as_a_usual_server_does(app: App) -> None:
    assert app.do("SELECT 'Ada' = 'ada ', '😀' = _utf8mb4'😀'") == [(1, 1)]
    assert app.do(
        "SELECT @@sql_mode LIKE '%STRICT_TRANS_TABLES%', @@autocommit, @@wait_timeout"
    ) == [(1, 1, 28800)]


def test_the_settings_lead_to_the_database_as_the_jail_shows_it(database: Database) -> None:
    assert database.settings == {
        "MYSQL_HOST": "localhost",
        "MYSQL_PORT": "3306",
        "MYSQL_UNIX_SOCKET": "/run/mysqld/mysqld.sock",
        "MYSQL_USER": database.settings["MYSQL_USER"],
        "MYSQL_PASSWORD": database.settings["MYSQL_PASSWORD"],
        "MYSQL_DB": "pythonlogin",
    }


def test_user_and_password_are_new_for_each_database(server: PrivateServer) -> None:
    names = ("MYSQL_USER", "MYSQL_PASSWORD")
    seen = [server.new_database("").settings for _ in range(2)]
    assert all(seen[0][name] != seen[1][name] for name in names)


# Connections


def test_only_the_app_is_counted(database: Database, app: App) -> None:
    assert database.connections() == []
    app.do("SELECT 1")
    app.do("SELECT 1", user="checker")
    first, second = database.connections()
    assert (first.user, second.user) == (database.settings["MYSQL_USER"], "checker")
    assert (first.database, first.command, first.statement) == ("pythonlogin", "Sleep", "")


def test_disconnecting_ends_whatever_the_app_is_doing(database: Database, app: App) -> None:
    app.do("SELECT 1")
    app.begin("SELECT SLEEP(1000)")
    database.disconnect_app()
    assert database.connections() == []


def test_waiting_ends_when_the_app_is_idle(database: Database, app: App) -> None:
    app.do("SELECT 1")
    app.begin("SELECT SLEEP(0.3)")
    begin = time.monotonic()
    assert database.wait_until_idle(5)
    assert 0.2 < time.monotonic() - begin < 3


def test_waiting_ends_when_time_is_up(database: Database, app: App) -> None:
    app.begin("SELECT SLEEP(1000)")
    assert not database.wait_until_idle(0.2)
    with pytest.raises(DatabaseTrouble, match=r"still has a statement at work.*SLEEP\(1000\)"):
        database.settled(0.1)
    database.disconnect_app()


def test_what_is_left_of_several_statements_is_waited_for(database: Database, app: App) -> None:
    connection = app.connect()
    database.add_account("ada", "secret")
    with connection.cursor() as cursor:  # the first answer is here, the rest is not done
        cursor.execute("SELECT 1; DO SLEEP(0.2); UPDATE accounts SET password = 'pwned'")
        assert database.settled().rows("accounts")[0]["password"] == "pwned"
        while cursor.nextset():
            pass


# The log


def test_the_log_tells_what_the_app_did_and_nothing_of_ours(database: Database, app: App) -> None:
    database.add_account("ada", "secret")
    database.connections()
    app.do("SELECT 1", "USE information_schema", "SELECT 2", user="ada")
    entries = database.log()
    assert {entry.user for entry in entries} == {"ada"}
    told = [(entry.kind, entry.database, entry.text) for entry in entries]
    assert told[0] == ("Connect", "pythonlogin", "ada@localhost on pythonlogin using Socket")
    assert told[-3:] == [
        ("Query", "pythonlogin", "SELECT 1"),
        ("Query", "information_schema", "USE information_schema"),
        ("Query", "information_schema", "SELECT 2"),
    ]


def test_the_log_begins_with_the_database(server: PrivateServer, app: App) -> None:
    app.do("SELECT 'of the last check'")
    assert server.new_database(ACCOUNTS).log() == []


@pytest.mark.parametrize(
    "statement",
    [
        "SET GLOBAL general_log = OFF",
        "SET SESSION sql_log_off = 1",
        "SET GLOBAL log_output = 'NONE'",
        "SET GLOBAL general_log_file = '/data/elsewhere.log'",
        "EXECUTE IMMEDIATE CONCAT('SET GLOBAL gen', 'eral_log = OFF')",
        "SET GLOBAL general_log = OFF; SET GLOBAL general_log = ON",
    ],
)
def test_nobody_can_stop_the_log_unnoticed(database: Database, app: App, statement: str) -> None:
    app.do(statement, "SELECT 'in secret'")
    with pytest.raises(DatabaseTrouble, match="changed what the database server logs"):
        database.log()


# Down


def test_while_it_is_down_nobody_gets_in_and_the_checker_still_sees(
    database: Database, app: App
) -> None:
    database.add_account("ada", "secret")
    before = app.connect()
    with database.down():
        with pytest.raises(FileNotFoundError):
            app.connect()
        with pytest.raises(pymysql.OperationalError), before.cursor() as cursor:
            cursor.execute("SELECT 1")
        assert len(database.rows("accounts")) == 1
    assert app.do("SELECT username FROM accounts") == [("ada",)]


def test_it_is_up_again_after_an_exception(database: Database, app: App) -> None:
    with pytest.raises(ZeroDivisionError), database.down():
        _ = 1 / 0
    assert app.do("SELECT 1") == [(1,)]


# schema.sql


def test_a_mistake_in_the_schema_is_told_with_its_line(server: PrivateServer) -> None:
    with pytest.raises(SchemaError) as caught:
        server.new_database(
            "-- mine\nCREATE TABLE a (id INT);\n\nCREATE TABLE b (\n  id INT,,\n);\n"
        )
    assert caught.value.line == 5
    assert caught.value.code == 1064
    assert str(caught.value).startswith("schema.sql, line 5: The database answers: You have an err")
    assert " at line " not in str(caught.value)
    assert server.new_database(ACCOUNTS).tables() == ["accounts"]


@pytest.mark.parametrize(
    "beginning",
    [
        "CREATE DATABASE IF NOT EXISTS pythonlogin; USE pythonlogin;",
        "CREATE DATABASE `pythonlogin` DEFAULT CHARACTER SET utf8; USE `pythonlogin`;",
        "DROP DATABASE IF EXISTS pythonlogin; CREATE DATABASE pythonlogin; USE pythonlogin;",
        "CREATE USER 'me'@'localhost' IDENTIFIED BY 'x'; GRANT ALL ON *.* TO 'me'@'localhost';"
        "FLUSH PRIVILEGES;",
        "/*!40101 SET NAMES utf8 */;",
    ],
)
def test_what_people_write_before_their_tables_does_no_harm(
    server: PrivateServer, beginning: str
) -> None:
    database = server.new_database(f"{beginning}\n{ACCOUNTS}")
    assert database.tables() == ["accounts"]
    with App(server, database) as app:
        assert app.do("SELECT COUNT(*) FROM accounts", user="anybody") == [(0,)]


def test_a_database_with_another_name_is_used(server: PrivateServer) -> None:
    database = server.new_database(f"CREATE DATABASE shop; USE shop; {ACCOUNTS}")
    assert database.name == database.settings["MYSQL_DB"] == "shop"
    assert database.tables() == ["accounts"]
    assert "shop" not in str(server.new_database(ACCOUNTS).execute("SHOW DATABASES"))


def test_a_schema_that_never_ends_is_ended(
    server: PrivateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "STATEMENT_SECONDS", 1)
    with pytest.raises(SchemaError, match=r"line 2: The database took longer than 1 second"):
        server.new_database("SELECT 1;\nSELECT SLEEP(1000);")


# Trouble


def test_the_last_database_is_not_to_be_used_any_more(
    server: PrivateServer, database: Database
) -> None:
    server.new_database(ACCOUNTS)
    with pytest.raises(DatabaseTrouble, match="a newer database took its place"):
        database.dump()


@pytest.mark.parametrize(
    "statements",
    [
        ("LOCK TABLES accounts WRITE",),
        ("BEGIN", "INSERT INTO accounts (username, password) VALUES ('ada', 'x')"),
    ],
)
def test_locks_of_the_app_are_told_and_do_not_last(
    server: PrivateServer, statements: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "LOCK_SECONDS", 1)
    database = server.new_database(ACCOUNTS)
    app = App(server, database)
    app.do(*statements)
    begin = time.monotonic()
    with pytest.raises(DatabaseTrouble, match="locked"):
        database.add_account("ada", "secret")
    assert time.monotonic() - begin < 3
    with app:
        assert server.new_database(ACCOUNTS).dump() == {"accounts": []}


def test_an_app_that_takes_every_connection_does_not_lock_us_out(
    server: PrivateServer, database: Database, app: App
) -> None:
    with pytest.raises(pymysql.OperationalError, match="Too many connections"):
        for _ in range(MOST_CONNECTIONS + 1):
            app.connect()
    assert database.tables() == ["accounts"]
    assert len(database.connections()) > MOST_CONNECTIONS - 5
    assert server.new_database(ACCOUNTS).connections() == []


def test_an_app_that_ends_our_connections_does_not_stop_us(database: Database, app: App) -> None:
    ours = "SELECT ID FROM information_schema.PROCESSLIST WHERE ID != CONNECTION_ID()"
    for (number,) in app.do(ours):
        app.try_to(f"KILL {number}")
    number = database.add_account("ada", "secret")
    assert database.rows("accounts")[0]["id"] == number


def test_a_stopped_server_is_told(database: Database, app: App) -> None:
    app.try_to("SHUTDOWN")
    with pytest.raises(DatabaseTrouble, match=r"does not answer|cut the checker's connection"):
        for _ in range(100):
            database.execute("SELECT SLEEP(0.01)")


def test_a_database_that_was_dropped_is_told(database: Database, app: App) -> None:
    app.do("DROP DATABASE pythonlogin")
    with pytest.raises(DatabaseTrouble, match=r"Table 'pythonlogin.accounts' doesn't exist"):
        database.add_account("ada", "secret")


def test_a_database_that_was_dropped_and_made_again_is_found(database: Database, app: App) -> None:
    app.do("DROP DATABASE pythonlogin", "CREATE DATABASE pythonlogin", "USE pythonlogin", ACCOUNTS)
    assert database.dump() == {"accounts": []}
    assert database.execute("SELECT * FROM accounts") == []
