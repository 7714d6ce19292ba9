"""An app that does with its database what the test says, and a look at the machine."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pymysql
from pymysql.constants import CLIENT

from checker.databases.database import Database
from checker.databases.doors import SOCKET
from checker.databases.server import Server


class App:
    """Connects as a submission would: by the socket and with the settings that it was given."""

    def __init__(self, server: Server, database: Database) -> None:
        self.socket = server.socket_directory / SOCKET
        self.settings = database.settings
        self._connections: list[pymysql.Connection[Any]] = []
        self._threads: list[threading.Thread] = []

    def connect(self, **changes: Any) -> pymysql.Connection[Any]:
        settings: dict[str, Any] = {
            "user": self.settings["MYSQL_USER"],
            "password": self.settings["MYSQL_PASSWORD"],
            "database": self.settings["MYSQL_DB"],
            "autocommit": True,
            "charset": "utf8mb4",
            "ssl_disabled": True,
            "client_flag": CLIENT.MULTI_STATEMENTS,  # as mysqlclient does
            "read_timeout": 20,
        }
        connection = pymysql.connect(**settings | changes, defer_connect=True)
        if "host" in changes:
            connection.connect()
        else:  # PyMySQL does not close a socket of its own that leads nowhere
            way = socket.socket(socket.AF_UNIX)
            try:
                way.connect(str(self.socket))
            except OSError:
                way.close()
                raise
            connection.connect(way)
        self._connections.append(connection)
        return connection

    def do(self, *statements: str, **changes: Any) -> list[tuple[Any, ...]]:
        """Execute statements on one new connection that stays open; return the last one's rows."""
        connection = self.connect(**changes)
        rows: list[tuple[Any, ...]] = []
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                rows = list(cursor.fetchall())
                while cursor.nextset():
                    pass
        return rows

    def try_to(self, *statements: str) -> None:
        """Do it, whatever the server says."""
        with contextlib.suppress(pymysql.Error, OSError):
            self.do(*statements)

    def begin(self, statement: str) -> None:
        """Send a statement and do not wait for the answer."""
        connection = self.connect()
        thread = threading.Thread(target=_ask, args=(connection, statement))
        thread.start()
        self._threads.append(thread)

    def __enter__(self) -> App:
        return self

    def __exit__(self, *_exception: object) -> None:
        for connection in self._connections:
            if connection.open:
                with contextlib.suppress(OSError):  # wakes the thread that waits for an answer
                    connection._sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for connection in self._connections:
            connection._force_close()


def _ask(connection: pymysql.Connection[Any], statement: str) -> None:
    # Cut in the middle, PyMySQL fails in many ways; none of them is of interest.
    with contextlib.suppress(Exception), connection.cursor() as cursor:
        cursor.execute(statement)


def living(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Return those that still run. A zombie waits for `init` and does nothing."""
    found = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def run_folders(parent: Path) -> Iterator[Path]:
    """Yield the run folders that are there."""
    return parent.glob("flw-*")
