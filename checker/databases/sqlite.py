"""A check's database when it is a SQLite file of the app's."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence

from checker.databases.inspector import Inspector, Row
from checker.databases.records import Connection, LogEntry
from checker.databases.trouble import DatabaseTrouble

_TEXT = ("CHAR", "CLOB", "TEXT", "BLOB", "JSON")


class SqliteDatabase(Inspector):
    """The file, looked at by whoever can reach it.

    :param look: executes one statement with ``?`` for each parameter and returns its rows.
    :param refused: what ``look`` raises.
    :ivar settings: the environment variables that tell the app where the database is.
    """

    has_log = False

    def __init__(
        self,
        path: str,
        look: Callable[[str, Sequence[object]], list[Row]],
        refused: type[Exception],
    ) -> None:
        self.name = path
        self.settings = {"DATABASE_URL": f"sqlite:///{path}"}
        self._look = look
        self._refused = refused

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Execute one statement and return its rows; ``%s`` in it for each parameter.

        :raises DatabaseTrouble: it is not executed.
        """
        if parameters:
            sql = sql.replace("%s", "?")
        try:
            return self._look(sql, parameters)
        except self._refused as error:
            raise DatabaseTrouble(f"The SQLite file does not do that: {error}") from error

    def tables(self) -> list[str]:
        """Return the names of all tables, sorted; none while there is no file."""
        try:
            found = self.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table'"
                " AND name NOT LIKE 'sqlite%' ORDER BY name"
            )
        except DatabaseTrouble:
            return []
        return [str(row["name"]) for row in found]

    def text_columns(self, table: str) -> list[str]:
        """Return the names of a table's columns that are declared for text, or for anything."""
        found = self.execute(f"PRAGMA table_info({self.quoted(table)})")
        kinds = {str(row["name"]): str(row["type"]).upper() for row in found}
        return [
            name for name, kind in kinds.items() if not kind or any(word in kind for word in _TEXT)
        ]

    def size(self, table: str) -> tuple[int, int]:
        """Return the number of a table's rows and that of the bytes in their texts."""
        lengths = [f"COALESCE(LENGTH({self.quoted(n)}), 0)" for n in self.text_columns(table)]
        found = self.execute(
            f"SELECT COUNT(*) AS number, COALESCE(SUM({' + '.join(lengths) or '0'}), 0) AS size"
            f" FROM {self.quoted(table)}"
        )
        return int(str(found[0]["number"])), int(str(found[0]["size"]))

    def quoted(self, name: str) -> str:
        """Return a name in double quotes."""
        return '"' + name.replace('"', '""') + '"'

    def definitions(self) -> dict[str, str]:
        """Return the SQL of each table, index, view and trigger; nothing while there is no file."""
        try:
            found = self.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        except DatabaseTrouble:
            return {}
        return {str(row["name"]): str(row["sql"]) for row in found}

    def empty(self, table: str) -> None:
        """Delete all rows of a table, and begin to count its rows at 1 again."""
        self.execute(f"DELETE FROM {self.quoted(table)}")
        if "sqlite_sequence" in self.definitions():  # there is one where AUTOINCREMENT is used
            self.execute("DELETE FROM sqlite_sequence WHERE name = %s", (table,))

    def drop(self, table: str) -> None:
        """Remove a table, whatever refers to it."""
        self.execute(f"DROP TABLE {self.quoted(table)}")

    def connections(self) -> list[Connection]:
        """Return nothing: nobody connects to a file."""
        return []

    def disconnect_app(self) -> None:
        """Do nothing: nobody connects to a file."""

    def wait_until_idle(self, seconds: float) -> bool:
        """Return at once: what an app does to a file is done when it answers."""
        return seconds >= 0

    def log(self) -> list[LogEntry]:
        """Return nothing: a file keeps no log."""
        return []

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """Do nothing: a file is never down. Checks about that are for servers."""
        yield
