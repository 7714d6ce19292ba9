"""The log in which MariaDB writes each statement before it executes it."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from checker.databases.records import LogEntry
from checker.databases.session import Session
from checker.databases.trouble import DatabaseTrouble

#: A line that begins an entry: time or nothing, number of the connection, kind, text.
_ENTRY = re.compile(
    r"^(?:\d{6} +\d{1,2}:\d\d:\d\d|\t)\t *"
    r"(?P<connection>\d+) (?P<kind>[A-Z][A-Za-z_]*(?: [A-Za-z]+)?)\t",
    re.MULTILINE,
)
_CONNECT = re.compile(r"(?P<user>.*)@\S* (?:as \S* )?on (?P<database>.*) using \S+", re.DOTALL)
_USE = re.compile(r"\s*USE\s+`?(?P<database>[^`;\s]+)`?\s*;?\s*", re.IGNORECASE)
#: What stops the log for everybody or for one connection.
_SILENCES = re.compile(r"general_log|sql_log_off|log_output", re.IGNORECASE)


class GeneralLog:
    """The file that a server writes its log to, and that only we can clear.

    The app can add to what it says (a statement may hold a line break and something that looks
    like an entry), never take away from it. So ask it whether something is *missing among all
    entries* or *in none of them*.

    :param path: the file, which exists.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def clear(self) -> None:
        """Begin anew. The server appends, so nothing of later entries is lost."""
        os.truncate(self.path, 0)

    def entries(self, session: Session, ours: set[int]) -> list[LogEntry]:
        """Return what the app did since the last :meth:`clear`.

        :param session: a connection of ours, to see that the log is still being written.
        :param ours: numbers of the connections to leave out.
        :raises DatabaseTrouble: the app stopped the log.
        """
        marker = f"seen up to {secrets.token_hex(8)}"
        session.query(f"SELECT '{marker}'")
        text = self.path.read_bytes().decode(errors="backslashreplace")
        entries = [entry for entry in parse(text) if entry.connection not in ours]
        if marker not in text or any(_SILENCES.search(entry.text) for entry in entries):
            raise DatabaseTrouble(
                "The app changed what the database server logs (general_log, log_output or "
                "sql_log_off), so what it did there cannot be judged."
            )
        return entries


def parse(text: str) -> Iterator[LogEntry]:
    """Yield the entries in a log's text, with user and database of the connection filled in."""
    users: dict[int, tuple[str, str]] = {}
    begins = list(_ENTRY.finditer(text))
    ends = [match.start() for match in begins[1:]] + [len(text)]
    for match, end in zip(begins, ends, strict=True):
        connection, kind = int(match["connection"]), match["kind"]
        said = text[match.end() : end].removesuffix("\n")
        user, database = users.get(connection, ("", ""))
        if kind == "Connect" and (found := _CONNECT.fullmatch(said)):
            user, database = found["user"], found["database"]
        elif kind == "Init DB":
            database = said
        elif kind == "Query" and (found := _USE.fullmatch(said)):
            database = found["database"]
        users[connection] = (user, database)
        yield LogEntry(connection, kind, user, database, said)
