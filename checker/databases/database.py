"""One check's database on a MariaDB or MySQL server."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator, Mapping, Sequence

from checker.databases.doors import Door
from checker.databases.general_log import GeneralLog
from checker.databases.inspector import Contents, Inspector, Row
from checker.databases.records import Connection, LogEntry
from checker.databases.session import Session, quoted
from checker.databases.statements import leaves_server_as_it_was
from checker.databases.trouble import DatabaseTrouble

#: A connection that was told to end has this long to do so.
SECONDS_TO_END = 2.0
_SHORTEST_LOOK, _LONGEST_LOOK = 0.001, 0.02
#: Information schema's names for what can hold a text.
_TEXT = (
    *("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "json", "enum", "set"),
    *("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"),
)
_NO_SUCH_CONNECTION = 1094
#: What ``SHOW CREATE TABLE`` says of rows, not of the table.
_NEXT_NUMBER = re.compile(r" AUTO_INCREMENT=\d+")
#: Before a statement about a table (MariaDB): whatever refers to it, and not for long.
_REGARDLESS = "SET STATEMENT foreign_key_checks = 0, lock_wait_timeout = 1 FOR"
_ABOUT_DATABASES = re.compile(
    r"\b(?:CREATE|ALTER|DROP)\b.*\b(?:DATABASE|SCHEMA)\b", re.IGNORECASE | re.DOTALL
)


class Database(Inspector):
    """The database, by a connection of the checker's.

    :param session: that connection.
    :param ours: numbers of all connections of the checker's to this server.
    :param door: the app's way to the server.
    :param log: the server's log, if it can be read.
    :param user: whose connections are the app's; everybody's but ours when ``None``.
    :ivar settings: the environment variables that tell the app where the database is.
    :ivar has_log: whether :meth:`log` tells anything.
    """

    def __init__(
        self,
        name: str,
        settings: Mapping[str, str],
        *,
        session: Session,
        ours: set[int],
        door: Door,
        log: GeneralLog | None = None,
        user: str | None = None,
    ) -> None:
        self.name = name
        self.settings = dict(settings)
        self.has_log = log is not None
        self._session = session
        self._ours = ours
        self._door = door
        self._log = log
        self._user = user

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Execute one statement and return its rows; ``%s`` in it for each parameter.

        Without parameters a percent sign stands for itself. Every statement commits by itself.

        :raises DatabaseTrouble: it is not executed, or not in time.
        """
        return self._session.query(sql, parameters)

    def tables(self) -> list[str]:
        """Return the names of all tables, sorted; no views, whose reading runs the app's code."""
        found = self.execute(
            "SELECT TABLE_NAME AS name FROM information_schema.TABLES"
            " WHERE TABLE_SCHEMA = %s AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME",
            (self.name,),
        )
        return [str(row["name"]) for row in found]

    def text_columns(self, table: str) -> list[str]:
        """Return the names of a table's text and binary columns, in the table's order."""
        return [name for name, kind in self._columns(table) if kind in _TEXT]

    def size(self, table: str) -> tuple[int, int]:
        """Return the number of a table's rows and that of the bytes in them."""
        lengths = [f"COALESCE(LENGTH({quoted(name)}), 0)" for name, _kind in self._columns(table)]
        found = self.execute(
            f"SELECT COUNT(*) AS number, COALESCE(SUM({' + '.join(lengths) or '0'}), 0) AS size"
            f" FROM {self.quoted(table)}"
        )
        return int(str(found[0]["number"])), int(str(found[0]["size"]))

    def quoted(self, name: str) -> str:
        """Return a name in backticks."""
        return quoted(name)

    def definitions(self) -> dict[str, str]:
        """Return the SQL that defines each table, by its name."""
        found = {}
        for table in self.tables():
            row = self.execute(f"SHOW CREATE TABLE {self.quoted(table)}")[0]
            found[table] = _NEXT_NUMBER.sub("", str(row["Create Table"]))
        return found

    def empty(self, table: str) -> None:
        """Delete all rows of a table, and begin to count its rows at 1 again."""
        self.execute(f"{_REGARDLESS} TRUNCATE TABLE {self.quoted(table)}")

    def drop(self, table: str) -> None:
        """Remove a table, whatever refers to it."""
        self.execute(f"{_REGARDLESS} DROP TABLE {self.quoted(table)}")

    def put_back(self, contents: Contents) -> None:
        """Do as :meth:`Inspector.put_back` says, and begin a new log.

        :raises DatabaseTrouble: also when the app did something that goes beyond its tables, and
            on a server of your own, where nobody can see whether it did.
        """
        if self._log is None:
            raise DatabaseTrouble("What the app did on this server cannot be known.")
        for entry in self.settled().log():
            if (
                entry.database not in ("", self.name)
                or _ABOUT_DATABASES.search(entry.text)
                or not leaves_server_as_it_was(entry)
            ):
                raise DatabaseTrouble("The app did something that goes beyond its own tables.")
        super().put_back(contents)
        self._log.clear()

    def connections(self) -> list[Connection]:
        """Return the app's connections, oldest first; never the checker's own."""
        return connections(self._session, self._ours, self._user)

    def disconnect_app(self) -> None:
        """End the app's connections, whatever they are doing, and wait until they are gone.

        :raises DatabaseTrouble: one of them cannot be ended.
        """
        disconnect(self._session, self._ours, self._user)

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait until no statement of the app's is being executed.

        A reply may come before its work is done: of several statements sent together, the app
        may look at the first answer only.

        :param seconds: how long to wait at most.
        :return: whether the app's connections are gone or asleep.
        :raises DatabaseTrouble: the server cannot be asked.
        """
        end = time.monotonic() + seconds
        quiet = 0
        for wait in _looks():
            busy = any(connection.command != "Sleep" for connection in self.connections())
            # Twice: a connection sleeps for a moment between two statements.
            quiet = 0 if busy else quiet + 1
            if quiet == 2:
                return True
            if time.monotonic() > end:
                return False
            time.sleep(_SHORTEST_LOOK if quiet else wait)
        raise AssertionError("unreachable")

    def settled(self, seconds: float = 2.0) -> Database:
        """Wait until the app's statements are done, and return the database to be looked at.

        :raises DatabaseTrouble: after so many seconds a statement is still being executed.
        """
        if not self.wait_until_idle(seconds):
            busy = [one.statement for one in self.connections() if one.command != "Sleep"]
            what = f" ({busy[0][:80]!r})" if busy and busy[0] else ""
            raise DatabaseTrouble(
                f"{seconds:g} seconds after its answer, the app still has a statement at work in "
                f"the database{what}."
            )
        return self

    def log(self) -> list[LogEntry]:
        """Return what the app did on the server since this database is there.

        See :class:`checker.databases.general_log.GeneralLog` for what may be concluded from it.
        Always empty where :attr:`has_log` is false: on a server of your own.

        :raises DatabaseTrouble: the app stopped the log.
        """
        return self._log.entries(self._session, self._ours) if self._log else []

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """Make the server unreachable for the app, and reachable again at the end.

        The app's connections are cut; the checker's work as ever.
        """
        self._door.shut()
        try:
            self.disconnect_app()
            yield
        finally:
            self._door.open()

    def _columns(self, table: str) -> list[tuple[str, str]]:
        found = self.execute(
            "SELECT COLUMN_NAME AS name, DATA_TYPE AS kind FROM information_schema.COLUMNS"
            " WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s ORDER BY ORDINAL_POSITION",
            (self.name, table),
        )
        return [(str(row["name"]), str(row["kind"]).lower()) for row in found]


def connections(session: Session, ours: set[int], user: str | None = None) -> list[Connection]:
    """Return a server's connections but for ours, oldest first.

    :param user: only those of this user.
    :raises DatabaseTrouble: the server cannot be asked.
    """
    found = session.query(
        "SELECT ID AS id, USER AS user, DB AS db, COMMAND AS command, TIME AS time, INFO AS info"
        " FROM information_schema.PROCESSLIST ORDER BY ID"
    )
    return [
        Connection(
            id=int(str(row["id"])),
            user=str(row["user"]),
            database=str(row["db"] or ""),
            command=str(row["command"]),
            seconds=int(str(row["time"] or 0)),
            statement=_text(row["info"]),
        )
        for row in found
        if row["id"] not in ours
        and row["command"] != "Daemon"  # the server's own work
        and user in (None, row["user"])
    ]


def disconnect(session: Session, ours: set[int], user: str | None = None) -> None:
    """End a server's connections but for ours, and wait until they are gone.

    :raises DatabaseTrouble: one of them cannot be ended.
    """
    end = time.monotonic() + SECONDS_TO_END
    for wait in _looks():
        left = connections(session, ours, user)
        if not left:
            return
        if time.monotonic() > end:
            raise DatabaseTrouble(
                f"A connection of the app's cannot be ended; it is at {left[0].statement[:80]!r}."
            )
        for connection in left:
            if connection.command != "Killed":
                try:
                    session.query(f"KILL {connection.id}")
                except DatabaseTrouble as trouble:
                    if trouble.code != _NO_SUCH_CONNECTION:
                        raise
        time.sleep(wait)


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")


def _looks() -> Iterator[float]:
    """Yield for how long to wait between one look and the next: first hardly, then longer."""
    wait = _SHORTEST_LOOK
    while True:
        yield wait
        wait = min(2 * wait, _LONGEST_LOOK)
