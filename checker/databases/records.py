"""What the inspector tells about a database."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TextValue:
    """One text in one row; bytes that are no UTF-8 are shown as escapes."""

    table: str
    column: str
    value: str


@dataclass(frozen=True)
class Connection:
    """A connection of the app's to the server.

    :ivar command: what it is doing: ``Sleep``, ``Query``, ``Killed``…
    :ivar seconds: for how long, in whole seconds.
    :ivar statement: the statement that is being executed, or ``""``.
    """

    id: int
    user: str
    database: str
    command: str
    seconds: int
    statement: str


@dataclass(frozen=True)
class LogEntry:
    """One line of the server's log.

    :ivar connection: number of the connection; those of different apps differ.
    :ivar kind: ``Connect``, ``Query``, ``Prepare``, ``Execute``, ``Init DB``, ``Quit``…
    :ivar user: whom the app connected as.
    :ivar database: the connection's default database at that time.
    :ivar text: the statement, or the details of another kind.
    """

    connection: int
    kind: str
    user: str
    database: str
    text: str
