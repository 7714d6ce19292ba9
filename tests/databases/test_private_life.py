"""From start to end: nothing waits for nothing, and nothing is left."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pymysql
import pytest
from database_helpers import App, living, run_folders

from checker.databases.private import PrivateServer
from checker.databases.template import template
from checker.databases.trouble import DatabaseTrouble, ServerError
from checker.runfolder import RunFolder

SCHEMA = "CREATE TABLE accounts (id INT AUTO_INCREMENT PRIMARY KEY, username TEXT, password TEXT);"
#: $1 cache, $2 jail or plain, $3 the user to become, if any. Imports first: another user may not
#: be able to read this Python.
OWNER = f"""
import os, sys
from pathlib import Path
from checker.databases import *
from checker.databases.private import PrivateServer
import checker.databases.relay, encodings.idna
if len(sys.argv) > 3:
    os.setgroups([])
    os.setresgid(*[int(sys.argv[3])] * 3)
    os.setresuid(*[int(sys.argv[3])] * 3)
server = PrivateServer.start(Path(sys.argv[1]), jail=sys.argv[2] == "jail")
try:
    database = server.new_database({SCHEMA!r})
    database.add_account("ada", "secret")
    print(database.dump(), flush=True)
    sys.stdin.readline()
finally:
    server.close()
"""
both_ways = pytest.mark.parametrize("way", ["jail", "plain"])


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that other users can enter; pytest's own are closed to them, by every session."""
    with tempfile.TemporaryDirectory(prefix="test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def temporary(public: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files that nobody else uses."""
    monkeypatch.setenv("TMPDIR", str(public))
    monkeypatch.setattr("tempfile.tempdir", str(public))
    return public


def owner(cache: Path, way: str, *user: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", OWNER, str(cache), way, *user],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ours() -> list[psutil.Process]:
    return living(psutil.Process().children(recursive=True))


@both_ways
def test_nothing_is_left_after_the_end(cache: Path, temporary: Path, way: str) -> None:
    before = ours()
    server = PrivateServer.start(cache, jail=way == "jail")
    assert server.new_database(SCHEMA).dump() == {"accounts": []}
    assert len(ours()) > len(before)
    server.close()
    assert ours() == before
    assert list(temporary.iterdir()) == []
    server.close()


@both_ways
def test_nothing_is_left_when_it_ends_at_once(cache: Path, temporary: Path, way: str) -> None:
    before = ours()
    PrivateServer.start(cache, jail=way == "jail").close()
    assert ours() == before
    assert list(temporary.iterdir()) == []


def test_nothing_is_left_after_an_exception(cache: Path, temporary: Path) -> None:
    before = ours()
    with pytest.raises(ZeroDivisionError), PrivateServer.start(cache) as server:
        server.new_database(SCHEMA)
        _ = 1 / 0
    assert ours() == before
    assert list(temporary.iterdir()) == []


@both_ways
def test_a_killed_owner_leaves_no_process(cache: Path, temporary: Path, way: str) -> None:
    with owner(cache, way) as process:
        assert process.stdout is not None
        assert "ada" in process.stdout.readline()
        started = psutil.Process(process.pid).children(recursive=True)
        assert any(child.name() == "mariadbd" for child in started)
        process.kill()
    end = time.monotonic() + 1
    while living(started):
        assert time.monotonic() < end
    assert len(list(run_folders(temporary))) == 1
    RunFolder().close()
    assert list(temporary.iterdir()) == []


def test_the_server_is_no_process_of_roots(cache: Path) -> None:
    before = {child.pid for child in ours()}  # other tests may have servers of their own
    with PrivateServer.start(cache) as server:
        server.new_database(SCHEMA)
        servers = [c for c in ours() if c.name() == "mariadbd" and c.pid not in before]
        assert servers
        assert all(0 not in child.uids() and 0 not in child.gids() for child in servers)


@both_ways
def test_an_ordinary_user_can_have_one(cache: Path, public: Path, way: str) -> None:
    become = ["65533"] if os.geteuid() == 0 else []
    folder = public / "t"
    folder.mkdir()
    folder.chmod(0o777)
    if way == "plain":  # with the jail, the template is made too
        shutil.copytree(template(cache, jail=True).parent, folder / "cache")
        (folder / "cache").chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", OWNER, str(folder / "cache"), way, *become],
        input="\n",
        capture_output=True,
        text=True,
        env=os.environ | {"TMPDIR": str(folder)},
        check=False,
    )
    assert done.stderr == ""
    assert "'username': 'ada'" in done.stdout
    assert [path.name for path in folder.iterdir()] == ["cache"]


def test_ordinary_statements_cost_no_restart(server: PrivateServer) -> None:
    number = "SELECT CONNECTION_ID() AS number"
    before = server.new_database(SCHEMA).execute(number)[0]["number"]
    with App(server, server.new_database(SCHEMA)) as app:
        app.do("SET NAMES utf8mb4", "INSERT INTO accounts VALUES (1, 'a', 'b')", "COMMIT")
    after = server.new_database(SCHEMA).execute(number)[0]["number"]
    assert isinstance(before, int) and isinstance(after, int) and after > before


# Without a jail


def test_without_a_jail_there_are_a_socket_and_a_port(cache: Path) -> None:
    with PrivateServer.start(cache, jail=False) as server:
        database = server.new_database(SCHEMA)
        database.add_account("ada", "secret")
        assert database.settings["MYSQL_UNIX_SOCKET"] == str(
            server.socket_directory / "mysqld.sock"
        )
        assert database.settings["MYSQL_HOST"] == "127.0.0.1"
        by_port = {"host": "127.0.0.1", "port": int(database.settings["MYSQL_PORT"])}
        with App(server, database) as app:
            assert app.do("SELECT username FROM accounts") == [("ada",)]
            assert app.do("SELECT username FROM accounts", **by_port) == [("ada",)]
            assert len(database.connections()) == 2
            with database.down():
                assert database.connections() == []
                with pytest.raises(FileNotFoundError):
                    app.connect()
                with pytest.raises(pymysql.OperationalError, match="Connection refused"):
                    app.connect(**by_port)
            assert app.do("SELECT username FROM accounts", **by_port) == [("ada",)]
            app.try_to("SET GLOBAL max_connections = 10", "SHUTDOWN")
            assert server.new_database(SCHEMA).dump() == {"accounts": []}
            assert app.do("SELECT @@max_connections", **by_port) == [(40,)]


# The template


def test_two_processes_can_make_the_template_at_once(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    with owner(cache, "jail") as first, owner(cache, "jail") as second:
        assert "ada" in first.communicate("\n")[0]
        assert "ada" in second.communicate("\n")[0]
    assert sorted(path.suffix for path in cache.iterdir()) == [".lock", ".tar"]


def test_who_makes_the_template_can_be_killed(tmp_path: Path, temporary: Path) -> None:
    cache = tmp_path / "cache"
    with owner(cache, "jail") as process:
        started: list[psutil.Process] = []
        while not any(map(is_at_installing, started)):
            assert process.poll() is None
            started = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    end = time.monotonic() + 1
    while living(started):
        assert time.monotonic() < end
    assert not list(cache.glob("*.tar"))
    archive = template(cache, jail=True)
    assert sorted(cache.iterdir()) == sorted([archive, cache / "mariadb.lock"])
    assert list(temporary.iterdir()) == []


def is_at_installing(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return "--bootstrap" in process.cmdline()
    return False


def test_a_template_of_another_version_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "mariadb-0123456789abcdef.tar").touch()
    archive = template(tmp_path, jail=True)
    assert list(tmp_path.glob("*.tar")) == [archive]
    changed = archive.stat().st_mtime_ns
    assert template(tmp_path, jail=True).stat().st_mtime_ns == changed


def test_a_broken_template_is_told(tmp_path: Path, temporary: Path) -> None:
    archive = template(tmp_path / "cache", jail=True)
    archive.write_bytes(b"rubbish")
    server = PrivateServer.start(tmp_path / "cache")
    with contextlib.closing(server), pytest.raises(ServerError, match="does not start") as caught:
        server.new_database(SCHEMA)
    assert "tar" in str(caught.value)
    assert list(temporary.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    with pytest.raises(ServerError, match=r"cannot be started.*cache"):
        PrivateServer.start(tmp_path / "cache")


def test_missing_programs_are_told_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checker.databases.template.find_program", lambda _name: None)
    with pytest.raises(ServerError, match="apt-get install mariadb-server-core"):
        PrivateServer.start(tmp_path)


def test_trouble_knows_the_servers_number(server: PrivateServer) -> None:
    with pytest.raises(DatabaseTrouble) as caught:
        server.new_database("").add_account("ada", "secret")
    assert caught.value.code == 1146


def test_a_missing_jail_is_told_with_the_command(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template(cache, jail=True)
    if setpriv := shutil.which("setpriv"):
        (tmp_path / "setpriv").symlink_to(setpriv)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerError, match="apt-get install bubblewrap"):
        PrivateServer.start(cache)
