"""One connection of the checker's own: it cannot hang, and it speaks in whole sentences."""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pymysql
from pymysql.cursors import DictCursor

from checker.databases.trouble import DatabaseTrouble

#: A statement waits at most this long for a lock that the app holds.
LOCK_SECONDS = 2
#: The server gives a statement up after this time.
STATEMENT_SECONDS = 4
#: We give the server up after this time; longer, so that its own answer comes first.
ANSWER_SECONDS = 6

_LOST = {0, 1053, 1927, 2006, 2013, 4031}
_NO_SUCH_SOCKET = 2002
_UNREACHABLE = {_NO_SUCH_SOCKET, 2003}
_NO_MORE_CONNECTIONS = {1040, 1203, 1226}
_NO_DATABASE = 1046
_UNKNOWN_DATABASE = 1049
_LOCKED = 1205
_TOO_SLOW = {1317, 1969, 3024}
#: Statements that may be sent again when it is not known whether they were executed.
_REPEATABLE = re.compile(r"\s*(?:SELECT|SHOW)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """Where a server listens: a unix socket, or a host and a TCP port."""

    socket: Path | None = None
    host: str = "localhost"
    port: int = 3306

    def __str__(self) -> str:
        return str(self.socket) if self.socket else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Login:
    """Whom to connect as, and to what.

    :ivar tls: use TLS where the server offers it.
    """

    address: Address
    user: str
    password: str = field(repr=False)
    database: str | None = None
    tls: bool = False


class Session:
    """A connection, made when first needed and made again when something cut it.

    :param login: the account to use.
    :param numbers: gets the number that the server gives to each connection made here, so that
        others can tell ours from the app's.
    """

    def __init__(self, login: Login, numbers: set[int] | None = None) -> None:
        self.login = login
        self._numbers = set() if numbers is None else numbers
        self._connection: pymysql.Connection[DictCursor] | None = None
        self._closed = False

    def connect(self) -> None:
        """Make the connection now.

        :raises DatabaseTrouble: the server is not there or refuses; ``code`` tells which.
        """
        try:
            self._connected()
        except (pymysql.Error, OSError, RuntimeError) as error:
            raise self._trouble(error) from error

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, object]]:
        """Execute one statement, with ``%s`` in it for each parameter, and return its rows.

        :raises DatabaseTrouble: the server does not execute it, or not in time.
        """
        if not _REPEATABLE.match(sql):
            self._make_sure_of_the_connection()
        for again in (True, False):
            try:
                with self._connected().cursor() as cursor:
                    cursor.execute(sql, tuple(parameters) or None)
                    return list(cursor.fetchall())
            except (pymysql.Error, OSError, RuntimeError, ValueError) as error:
                code = _code(error)
                # Somebody dropped the database and perhaps made it again: choose it again.
                without_database = code == _NO_DATABASE and self.login.database is not None
                if code in _LOST or without_database:
                    self._drop()
                    cut = code in _LOST and _REPEATABLE.match(sql) and "timed out" not in str(error)
                    if again and (cut or without_database):
                        continue
                raise self._trouble(error) from error
        raise AssertionError("unreachable")

    def use(self, database: str) -> None:
        """Work in another database from now on."""
        self.query(f"USE {quoted(database)}")
        self.login = replace(self.login, database=database)

    def close(self) -> None:
        """End the connection for good."""
        self._closed = True
        self._drop()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _connected(self) -> pymysql.Connection[DictCursor]:
        if self._closed:
            raise RuntimeError("this connection was closed: a newer database took its place")
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> pymysql.Connection[DictCursor]:
        login = self.login
        connection = pymysql.connect(
            host=login.address.host,
            port=login.address.port,
            user=login.user,
            # PyMySQL would encode text as Latin-1.
            password=login.password.encode(),
            database=login.database,
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=ANSWER_SECONDS,
            read_timeout=ANSWER_SECONDS,
            write_timeout=ANSWER_SECONDS,
            # Without this, PyMySQL reads all of the system's certificates for each connection.
            ssl_disabled=None if login.tls else True,
            cursorclass=DictCursor,
            defer_connect=True,
        )
        if login.address.socket is None:
            connection.connect()
        else:
            # As PyMySQL has it for its own unix sockets: nobody listens in between.
            connection._secure = True  # type: ignore[attr-defined]
            connection.connect(_connected_to(login.address.socket))
        self._numbers.add(connection.thread_id())  # type: ignore[no-untyped-call]
        mariadb = "MariaDB" in connection.get_server_info()  # type: ignore[no-untyped-call]
        limit = (
            f"max_statement_time = {STATEMENT_SECONDS}"
            if mariadb
            else f"max_execution_time = {STATEMENT_SECONDS * 1000}"
        )
        try:
            with connection.cursor() as cursor:
                # The app may have changed the server's own defaults.
                cursor.execute(
                    f"SET SESSION lock_wait_timeout = {LOCK_SECONDS},"
                    f" innodb_lock_wait_timeout = {LOCK_SECONDS}, {limit},"
                    " sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"
                    "NO_ENGINE_SUBSTITUTION'"
                )
        except BaseException:
            connection.close()
            raise
        return connection

    def _make_sure_of_the_connection(self) -> None:
        """Notice now that the connection was cut, while nothing has been sent that could count."""
        if self._connection is not None:
            try:
                self._connection.ping(reconnect=False)
            except (pymysql.Error, OSError):
                self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and connection.open:
            connection.close()

    def _trouble(self, error: Exception) -> DatabaseTrouble:
        """Put an error into a student's words."""
        code = _code(error)
        said = str(error.args[1]) if len(error.args) > 1 else str(error)
        if "timed out" in said or code in _TOO_SLOW:
            text = (
                f"The database took longer than {_seconds(STATEMENT_SECONDS)} over a statement of "
                "the checker's."
            )
        elif code in _UNREACHABLE:
            text = f"The database server does not answer any more ({said})."
        elif code in _LOST:
            text = (
                "The database server cut the checker's connection: it was stopped, or a statement "
                "ended its connections."
            )
        elif code in _NO_MORE_CONNECTIONS:
            text = (
                f"The database server takes no more connections ({said}). An app has to close "
                "those that it opens."
            )
        elif code == _LOCKED:
            text = (
                "Something in the database is locked, and the lock was not released within "
                f"{_seconds(LOCK_SECONDS)}: a transaction without COMMIT or ROLLBACK, or LOCK "
                "TABLES without UNLOCK TABLES."
            )
        elif code in (_NO_DATABASE, _UNKNOWN_DATABASE) and self.login.database:
            text = f"The database `{self.login.database}` is gone: a statement dropped it."
        elif code is None:
            text = f"The database cannot be asked: {said}."
        else:
            text = f"The database answers: {said} (error {code})."
        return DatabaseTrouble(text, code)


def _connected_to(path: Path) -> socket.socket:
    """Return a unix socket that leads there: PyMySQL leaves its own unclosed when it does not."""
    client = socket.socket(socket.AF_UNIX)
    try:
        client.settimeout(ANSWER_SECONDS)
        client.connect(str(path))
    except OSError as error:
        client.close()
        said = error.strerror or str(error)
        raise pymysql.OperationalError(_NO_SUCH_SOCKET, f"{path}: {said}") from error
    return client


def _seconds(number: int) -> str:
    return f"{number} second{'' if number == 1 else 's'}"


def quoted(name: str) -> str:
    """Return a name of a database, table or column as SQL wants it, whatever is in it."""
    return "`" + name.replace("`", "``") + "`"


def _code(error: BaseException) -> int | None:
    code = error.args[0] if error.args else None
    return code if isinstance(code, int) and isinstance(error, pymysql.Error) else None
