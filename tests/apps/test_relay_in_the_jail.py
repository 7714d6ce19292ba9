"""The database at 127.0.0.1:3306 inside the jail, for drivers that know no sockets."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import SMALL, submission_of

from checker.apps.jail import Jail


class Echo:
    """A server on a unix socket that says everything twice."""

    def __init__(self, path: Path) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(100)
        path.chmod(0o777)
        self.open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self.listener.accept()
            except OSError:
                return
            self.open.add(connection)
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while data := connection.recv(65536):
                connection.sendall(data * 2)
        self.open.discard(connection)

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in list(self.open):
            connection.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("socket")
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Echo]:
    server = Echo(folder / "mysqld.sock")
    yield server
    server.close()


@pytest.fixture(scope="module")
def jail(folder: Path, server: Echo) -> Iterator[Jail]:
    with Jail((), limits=SMALL, database=folder) as jail:
        yield jail


VIEWS = """
import os, signal, socket

def ask(data, address=("127.0.0.1", 3306)):
    with socket.create_connection(address, 0.5) as connection:
        connection.sendall(data)
        answer = b""
        while len(answer) < 2 * len(data):
            part = connection.recv(65536)
            if not part:
                break
            answer += part
        return answer

@app.get("/")
def view():
    return ask(b"hello ")

@app.get("/large")
def large():
    return str(len(ask(bytes(300_000))))

@app.get("/socket")
def by_socket():
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("/run/mysqld/mysqld.sock")
        connection.sendall(b"hello ")
        return connection.recv(100)

@app.get("/many")
def many():
    kept = []
    for number in range(240):
        try:
            kept.append(socket.create_connection(("127.0.0.1", 3306), 0.2))
        except OSError:
            break
    return str(len(kept))

@app.get("/kill")
def kill():
    ask(b"so that it is there")
    os.kill(-1, signal.SIGKILL)
    return "killed"

@app.get("/half")
def half():
    connection = socket.create_connection(("127.0.0.1", 3306), 0.5)
    connection.sendall(b"last words")
    connection.shutdown(socket.SHUT_WR)
    return "closed"
"""


def test_the_database_is_at_the_socket_and_at_the_port(jail: Jail, get):
    with jail.start(submission_of(VIEWS), {}) as app:
        assert get(app, "/socket").text == "hello hello "
        assert get(app, "/").text == "hello hello "
        assert get(app, "/large").text == "600000"


def test_connections_end_with_the_app(jail: Jail, get, server: Echo):
    with jail.start(submission_of(VIEWS), {}) as app:
        get(app, "/many")
        assert server.open
    deadline = time.monotonic() + 2
    while server.open:
        assert time.monotonic() < deadline


def test_whatever_one_app_does_to_the_relay_the_next_app_has_a_new_one(jail: Jail, get):
    for way in ("/many", "/kill", "/half"):
        with jail.start(submission_of(VIEWS), {}) as app:
            assert get(app, way).status_code == 200
        with jail.start(submission_of(VIEWS), {}) as app:
            assert get(app).text == "hello hello "


def test_an_app_that_opens_many_connections_still_gets_answers(jail: Jail, get):
    with jail.start(submission_of(VIEWS), {}) as app:
        assert int(get(app, "/many").text) >= 100
        assert "hello hello " in (get(app).text for _ in range(100))


def test_while_the_server_is_away_connections_are_refused_and_come_back(
    jail: Jail, get, folder: Path
):
    path = folder / "mysqld.sock"
    with jail.start(submission_of(VIEWS), {}) as app:
        path.rename(folder / "away")
        try:
            assert "hello" not in get(app).text
        finally:
            (folder / "away").rename(path)
        assert get(app).text == "hello hello "


def test_without_a_database_there_is_nothing_at_the_port(start, get):
    assert get(start(VIEWS)).status_code == 500
