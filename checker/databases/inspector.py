"""Looking into a database, whichever kind it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from checker.databases.records import TextValue
from checker.databases.trouble import DatabaseTrouble

#: More than this in one table is no login app's data any more, and is not read.
MOST_ROWS = 50_000
MOST_BYTES = 64_000_000

Row = dict[str, object]


class Contents(NamedTuple):
    """What a database held at some moment.

    :ivar definitions: the SQL that defines each thing in it, by the thing's name.
    :ivar rows: every row of every table, by the table's name.
    """

    definitions: Mapping[str, str]
    rows: Mapping[str, list[Row]]


class Inspector(ABC):
    """A database as the checker sees it: by a connection of its own, never through the app.

    :ivar name: the database's name.
    """

    name: str

    @abstractmethod
    def execute(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Execute one statement and return its rows, column by name.

        :raises DatabaseTrouble: it cannot be executed.
        """

    @abstractmethod
    def tables(self) -> list[str]:
        """Return the names of all tables, sorted; no views."""

    @abstractmethod
    def text_columns(self, table: str) -> list[str]:
        """Return the names of a table's columns that can hold text."""

    @abstractmethod
    def size(self, table: str) -> tuple[int, int]:
        """Return the number of a table's rows and that of the bytes in them."""

    @abstractmethod
    def quoted(self, name: str) -> str:
        """Return a table's or column's name as this database's SQL wants it."""

    @abstractmethod
    def definitions(self) -> dict[str, str]:
        """Return the SQL that defines each table, by its name."""

    @abstractmethod
    def empty(self, table: str) -> None:
        """Delete all rows of a table, and begin to count its rows at 1 again.

        :raises DatabaseTrouble: something holds a lock on it.
        """

    @abstractmethod
    def drop(self, table: str) -> None:
        """Remove a table, whatever refers to it.

        :raises DatabaseTrouble: something holds a lock on it.
        """

    def contents(self) -> Contents:
        """Return all that there is, for :meth:`put_back`.

        :raises DatabaseTrouble: it cannot be read.
        """
        return Contents(self.definitions(), self.dump())

    def put_back(self, contents: Contents) -> None:
        """Let the database hold what it once held, and nothing else.

        Meant for an app that goes on running: its tables are emptied and filled, never made anew.

        :raises DatabaseTrouble: this cannot be done; the database is in any state then.
        """
        for table in self.tables():
            if table in contents.rows:
                self.empty(table)
            else:
                self.drop(table)
        if self.definitions() != contents.definitions:
            raise DatabaseTrouble("A table is gone, or is not defined as it was.")
        for table, rows in contents.rows.items():
            for row in rows:
                names = ", ".join(map(self.quoted, row))
                values = ", ".join(["%s"] * len(row))
                statement = f"INSERT INTO {self.quoted(table)} ({names}) VALUES ({values})"
                self.execute(statement, list(row.values()))
        if any(contents.rows.values()) and self.dump() != contents.rows:
            raise DatabaseTrouble("The rows that were there cannot be put back.")

    def rows(self, table: str) -> list[Row]:
        """Return every row of a table.

        :raises DatabaseTrouble: there is no such table, or it is too large to be looked at.
        """
        number, size = self.size(table)
        if number > MOST_ROWS or size > MOST_BYTES:
            raise DatabaseTrouble(
                f"The table `{table}` has grown to {number} rows and {size / 1e6:.1f} MB: too "
                "much to look at."
            )
        return self.execute(f"SELECT * FROM {self.quoted(table)}")

    def dump(self) -> dict[str, list[Row]]:
        """Return every row of every table, by the table's name.

        :raises DatabaseTrouble: it cannot be read.
        """
        return {table: self.rows(table) for table in self.tables()}

    def text_values(self) -> Iterator[TextValue]:
        """Yield every text of every table: where a password could have been stored.

        :raises DatabaseTrouble: the database cannot be read.
        """
        for table in self.tables():
            columns = self.text_columns(table)
            for row in self.rows(table):
                for column in columns:
                    value = row[column]
                    if isinstance(value, bytes):
                        value = value.decode(errors="backslashreplace")
                    if value is not None:
                        yield TextValue(table, column, str(value))

    def add_account(self, username: str, password: str) -> int:
        """Insert a row into the table ``accounts`` and return its id.

        :param password: stored as it is.
        :raises DatabaseTrouble: the table does not take it.
        """
        self.execute(
            "INSERT INTO accounts (username, password) VALUES (%s, %s)", (username, password)
        )
        found = self.execute(
            "SELECT id FROM accounts WHERE username = %s ORDER BY id DESC", (username,)
        )
        if not found or not isinstance(number := found[0]["id"], int):
            raise DatabaseTrouble(
                f"An account was put into the table `accounts` under the name {username!r} and "
                "cannot be found there under it."
            )
        return number
