"""A server with other people's databases on it: MariaDB on a TCP port, with passwords."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pymysql
import pytest
from database_helpers import App

import checker.databases.choice
from checker.databases.enclosure import Enclosure, hand_over, let_in
from checker.databases.own import PREFIX, OwnServer
from checker.databases.template import find_server, template
from checker.databases.trouble import DatabaseTrouble, SchemaError, ServerError
from checker.runfolder import RunFolder

SCHEMA = "CREATE TABLE accounts (id INT AUTO_INCREMENT PRIMARY KEY, username TEXT, password TEXT);"
OWNER = f"""
import os, sys
from checker.databases.own import OwnServer
server = OwnServer.start(os.environ)
database = server.new_database({SCHEMA!r})
print(database.name, flush=True)
sys.stdin.readline()
server.close()
"""


class Someones(NamedTuple):
    """Somebody's server, and how to get in as its administrator."""

    port: int
    path: Path
    root: "pymysql.Connection[Any]"

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with self.root.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all databases with all tables and rows, and all accounts with their rights."""
        found = {"databases": self.ask("SHOW DATABASES")}
        for name, table in self.ask(
            "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES"
            " WHERE TABLE_SCHEMA = 'library' OR TABLE_SCHEMA = 'mysql'"
            " AND TABLE_NAME IN ('global_priv', 'db', 'tables_priv', 'proc', 'event')"
        ):
            found[f"{name}.{table}"] = self.ask(f"SELECT * FROM `{name}`.`{table}`")
        return found

    def scratch(self) -> set[str]:
        return {name for (name,) in self.ask("SHOW DATABASES") if name.startswith(PREFIX)}

    def settings(self, **changes: str) -> dict[str, str]:
        return {
            "MYSQL_HOST": "127.0.0.1",
            "MYSQL_PORT": str(self.port),
            "MYSQL_USER": "workshop",
            "MYSQL_PASSWORD": "correct-horse",
        } | changes


@pytest.fixture(scope="module")
def someones(cache: Path) -> Iterator[Someones]:
    """Start a server as somebody would have it, with a database and an account for the checker."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with RunFolder() as folder, contextlib.ExitStack() as stack:
        let_in(folder.path)
        data = folder.path / "data"
        data.mkdir()
        hand_over(data)
        (folder.path / "template.tar").write_bytes(template(cache, jail=True).read_bytes())
        program = find_server()
        path = data / "s"
        server = Enclosure(
            'tar -xf "$1" -C "$2" && shift 2 && exec "$@"',
            [
                *(str(folder.path / "template.tar"), str(data), str(program), "--no-defaults"),
                *(f"--datadir={data}", f"--socket={path}", f"--port={port}"),
                *("--bind-address=127.0.0.1", "--skip-name-resolve", "--skip-log-bin"),
                *("--innodb-log-file-size=4M", "--innodb-buffer-pool-size=24M"),
            ],
            jail=False,
            program=program,
            writable={},
            readable={},
            output=folder.path / "output",
        )
        stack.callback(server.end)
        while not path.exists():
            assert server.status is None, (folder.path / "output").read_text()
            time.sleep(0.01)
        root = pymysql.connect(unix_socket=str(path), user="root", autocommit=True)
        stack.callback(root.close)
        someones = Someones(port, path, root)
        for statement in (
            "CREATE DATABASE library",
            "CREATE TABLE library.books (title TEXT)",
            "INSERT INTO library.books VALUES ('Emma')",
            "CREATE DATABASE flw_check_notes",  # looks like ours and is not
            "CREATE USER 'workshop'@'%' IDENTIFIED BY 'correct-horse'",
            "GRANT CREATE USER ON *.* TO 'workshop'@'%'",
            r"GRANT ALL PRIVILEGES ON `flw\_check\_%`.* TO 'workshop'@'%' WITH GRANT OPTION",
            "CREATE USER 'poor'@'%' IDENTIFIED BY 'church-mouse'",
            r"GRANT ALL PRIVILEGES ON `flw\_check\_%`.* TO 'poor'@'%' WITH GRANT OPTION",
            "CREATE USER 'poorest'@'%' IDENTIFIED BY 'church-mouse'",
        ):
            someones.ask(statement)
        yield someones


@pytest.fixture
def own(someones: Someones) -> Iterator[OwnServer]:
    with OwnServer.start(someones.settings()) as own:
        yield own


def test_scratch_database_and_account_come_and_go(someones: Someones) -> None:
    before = someones.everything()
    with OwnServer.start(someones.settings()) as own:
        database = own.new_database(SCHEMA)
        assert someones.scratch() == {database.name, "flw_check_notes"}
        number = database.add_account("ada", "secret")
        row = {"id": number, "username": "ada", "password": "secret"}
        assert database.dump() == {"accounts": [row]}
        assert own.new_database(SCHEMA).dump() == {"accounts": []}
    assert someones.everything() == before


def test_it_works_by_a_socket_too(someones: Someones) -> None:
    by_socket = someones.settings(MYSQL_HOST="", MYSQL_UNIX_SOCKET=str(someones.path))
    with OwnServer.start(by_socket) as own, App(own, own.new_database(SCHEMA)) as app:
        assert app.do("SELECT COUNT(*) FROM accounts") == [(0,)]


def test_the_app_reaches_it_by_the_relay(own: OwnServer) -> None:
    database = own.new_database(SCHEMA)
    database.add_account("ada", "secret")
    with App(own, database) as app:
        assert app.do("SELECT username, REPEAT('x', 5000000) FROM accounts")[0][0] == "ada"
        assert {one.user for one in database.connections()} == {database.name}


def test_the_relay_serves_several_at_once(own: OwnServer) -> None:
    database = own.new_database(SCHEMA)
    with App(own, database) as app:
        ready = threading.Barrier(8)

        def work(number: int) -> None:
            connection = app.connect()
            ready.wait(10)  # all are connected now
            with connection.cursor() as cursor:
                for _ in range(20):
                    cursor.execute("INSERT INTO accounts (username) VALUES (%s)", (str(number),))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert database.execute("SELECT COUNT(*) AS rows_there FROM accounts") == [{"rows_there": 160}]


def test_the_relay_is_gone_at_the_end(someones: Someones) -> None:
    threads = threading.active_count()
    own = OwnServer.start(someones.settings(), jail=False)
    database = own.new_database(SCHEMA)
    port = int(database.settings["MYSQL_PORT"])
    with App(own, database) as app:
        assert app.do("SELECT 1", host="127.0.0.1", port=port) == [(1,)]
        own.close()
        with pytest.raises(FileNotFoundError):
            app.connect()
    with pytest.raises(ConnectionRefusedError), socket.socket() as client:
        client.connect(("127.0.0.1", port))
    assert threading.active_count() == threads
    assert not own.socket_directory.exists()
    own.close()


def test_while_it_is_down_the_checker_still_sees(own: OwnServer) -> None:
    database = own.new_database(SCHEMA)
    with App(own, database) as app:
        app.do("SELECT 1")
        app.begin("SELECT SLEEP(1000)")
        with database.down():
            assert database.connections() == []
            with pytest.raises(FileNotFoundError):
                app.connect()
            database.add_account("ada", "secret")
        assert app.do("SELECT username FROM accounts") == [("ada",)]


def test_it_waits_for_the_app_there_too(own: OwnServer) -> None:
    database = own.new_database(SCHEMA)
    with App(own, database) as app:
        app.begin("SELECT SLEEP(0.2)")
        assert not database.wait_until_idle(0)
        assert database.wait_until_idle(5)


def test_it_has_no_log_and_says_so(own: OwnServer) -> None:
    database = own.new_database(SCHEMA)
    with App(own, database) as app:
        app.do("SELECT 1")
    assert not own.has_log
    assert not database.has_log
    assert database.log() == []


# Other people's databases


@pytest.mark.parametrize(
    "deed",
    [
        "DROP DATABASE library",
        "SELECT * FROM library.books",
        "DELETE FROM mysql.global_priv",
        "CREATE DATABASE flw_check_mine",
        "CREATE TABLE flw_check_notes.mine (id INT)",
        "CREATE USER me IDENTIFIED BY 'x'",
        "SET GLOBAL max_connections = 10",
        "SHUTDOWN",
    ],
)
def test_the_app_can_do_nothing_to_them(own: OwnServer, someones: Someones, deed: str) -> None:
    database = own.new_database(SCHEMA)
    before = someones.everything()
    with App(own, database) as app, pytest.raises(pymysql.Error, match=r"denied"):
        app.do(deed)
    assert someones.everything() == before


def test_the_schema_can_do_nothing_to_them(own: OwnServer, someones: Someones) -> None:
    before = someones.everything()["library.books"]
    with pytest.raises(SchemaError, match=r"line 2: .*denied"):
        own.new_database("SELECT 1;\nDELETE FROM library.books;")
    start = "DROP DATABASE IF EXISTS library; CREATE DATABASE library; USE library;"
    database = own.new_database(start + SCHEMA)
    assert database.name.startswith(PREFIX)
    assert database.tables() == ["accounts"]
    assert someones.everything()["library.books"] == before


def test_the_checker_looks_with_the_apps_rights(own: OwnServer, someones: Someones) -> None:
    """A trigger or a function that the app left must not run as somebody with more rights."""
    database = own.new_database(SCHEMA)
    with App(own, database) as app:
        app.do(
            "CREATE FUNCTION evil() RETURNS INT SQL SECURITY INVOKER MODIFIES SQL DATA BEGIN"
            " DELETE FROM library.books; RETURN 1; END",
            "CREATE TRIGGER t BEFORE INSERT ON accounts FOR EACH ROW SET NEW.username = evil()",
        )
    with pytest.raises(DatabaseTrouble, match="denied"):
        database.add_account("ada", "secret")
    assert someones.ask("SELECT title FROM library.books") == [("Emma",)]
    assert own.new_database(SCHEMA).add_account("ada", "secret") == 1


def test_an_app_that_changes_its_password_is_no_trouble_later(own: OwnServer) -> None:
    database = own.new_database(SCHEMA)
    with App(own, database) as app:
        app.begin("SELECT SLEEP(1000)")
        checkers = "SELECT ID FROM information_schema.PROCESSLIST WHERE COMMAND = 'Sleep'"
        ((number,),) = app.do("SET PASSWORD = PASSWORD('mine')", checkers)
        app.do(f"KILL {number}", password="mine")
        with pytest.raises(DatabaseTrouble, match="denied"):
            database.dump()
        database = own.new_database(SCHEMA)
        assert database.connections() == []
    with App(own, database) as app:
        assert app.do("SELECT COUNT(*) FROM accounts") == [(0,)]


def test_a_nameless_account_does_not_go_before_ours(someones: Someones) -> None:
    someones.ask("CREATE USER ''@'127.0.0.1', 'local'@'127.0.0.1' IDENTIFIED BY 'horse'")
    someones.ask("GRANT ALL PRIVILEGES ON *.* TO 'local'@'127.0.0.1' WITH GRANT OPTION")
    local = someones.settings(MYSQL_USER="local", MYSQL_PASSWORD="horse")
    before = someones.everything()
    try:
        with OwnServer.start(local) as own, App(own, own.new_database("")) as app:
            assert app.do("SELECT 1") == [(1,)]
        assert someones.everything() == before
    finally:
        someones.ask("DROP USER ''@'127.0.0.1', 'local'@'127.0.0.1'")


# Killed owners


def owner(someones: Someones) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", OWNER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | someones.settings(),
    )


def test_what_a_killed_owner_left_is_dropped_and_what_a_living_one_has_stays(
    someones: Someones,
) -> None:
    before = someones.everything()
    with owner(someones) as killed, owner(someones) as living:
        assert killed.stdout is not None and living.stdout is not None
        left, kept = killed.stdout.readline().strip(), living.stdout.readline().strip()
        killed.kill()
        killed.wait()
        assert {left, kept} < someones.scratch()
        end = time.monotonic() + 5
        while someones.ask(f"SELECT IS_FREE_LOCK('{left}')") != [(1,)]:
            assert time.monotonic() < end
        OwnServer.start(someones.settings()).close()
        assert someones.scratch() == {kept, "flw_check_notes"}
        living.communicate("\n")
    assert someones.everything() == before


# What can be wrong


def refusal(settings: dict[str, str]) -> str:
    with pytest.raises(ServerError) as caught:
        OwnServer.start(settings)
    assert "unset MYSQL_HOST" in str(caught.value) or "1 to 65535" in str(caught.value)
    return str(caught.value)


def test_a_wrong_password_is_told_without_it(someones: Someones) -> None:
    wrong = f"wrong-{secrets.token_hex(4)}"
    text = refusal(someones.settings(MYSQL_PASSWORD=wrong))
    assert f"127.0.0.1:{someones.port} refuses the user 'workshop' with the password in" in text
    assert "Correct MYSQL_USER and MYSQL_PASSWORD" in text
    assert wrong not in text


def test_a_missing_password_is_told(someones: Someones) -> None:
    assert "'workshop' with no password" in refusal(someones.settings(MYSQL_PASSWORD=""))


def test_a_server_that_is_not_there_is_told(someones: Someones) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = str(nobody.getsockname()[1])
        text = refusal(someones.settings(MYSQL_PORT=port))
    assert f"No database server answers at 127.0.0.1:{port}. Start it, or correct" in text


def test_a_socket_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = str(tmp_path / "nobody.sock")
    assert f"No database server answers at {path}" in refusal({"MYSQL_UNIX_SOCKET": path})


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "３３０６"])
def test_a_port_that_is_none_is_told(port: str) -> None:
    assert f"MYSQL_PORT is {port!r}" in refusal({"MYSQL_HOST": "127.0.0.1", "MYSQL_PORT": port})


@pytest.mark.parametrize("user", ["poor", "poorest"])
def test_missing_rights_are_told_with_the_statements_to_type(someones: Someones, user: str) -> None:
    before = someones.everything()
    text = refusal(someones.settings(MYSQL_USER=user, MYSQL_PASSWORD="church-mouse"))
    assert f"'{user}'@'%'" in text and "church-mouse" not in text
    assert f"GRANT CREATE USER ON *.* TO '{user}'@'%';" in text
    assert r"GRANT ALL PRIVILEGES ON `flw\_check\_%`.* TO" in text
    assert someones.everything() == before
    statements = [line.strip() for line in text.splitlines() if line.startswith("  GRANT")]
    for statement in statements:
        someones.ask(statement.rstrip(";"))
    OwnServer.start(someones.settings(MYSQL_USER=user, MYSQL_PASSWORD="church-mouse")).close()


# The choice


def test_the_environment_chooses_the_server(
    someones: Someones, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MYSQL_HOST", "MYSQL_UNIX_SOCKET"):
        monkeypatch.delenv(name, raising=False)
    with checker.databases.choice.start_server(cache) as server:
        assert server.has_log
    for name, value in someones.settings().items():
        monkeypatch.setenv(name, value)
    with checker.databases.choice.start_server(cache) as server:
        assert not server.has_log
