"""Reading ``schema.sql`` and executing it statement by statement, so that an error has a line."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from checker.databases.session import Session
from checker.databases.trouble import DatabaseTrouble, SchemaError

#: A schema has this long altogether.
SECONDS = 15

_TOKEN = re.compile(
    r"""
      (?P<comment> --(?=\s|\Z) [^\n]* | \# [^\n]* | /\*(?!M?!) .*? (?: \*/ | \Z ) )
    | (?P<quoted> ' (?: [^'\\] | \\. )* (?: ' | \Z )
                | " (?: [^"\\] | \\. )* (?: " | \Z )
                | ` [^`]* (?: ` | \Z ) )
    | (?P<space> \s+ )
    | (?P<word> \w+ )
    """,
    re.VERBOSE | re.DOTALL,
)
#: A command of the client's, not of the server's; dumps with triggers have it.
_DELIMITER = re.compile(r"DELIMITER[ \t]+(?P<delimiter>\S+)[^\n]*", re.IGNORECASE)
_ACCOUNTS = re.compile(
    r"(?:CREATE|ALTER|DROP|RENAME)\s+(?:OR\s+REPLACE\s+)?USER\b|GRANT\b|REVOKE\b"
    r"|SET\s+PASSWORD\b|FLUSH\s+PRIVILEGES\b",
    re.IGNORECASE,
)
_DATABASES = re.compile(
    r"(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:DATABASE|SCHEMA)\b|USE\b", re.IGNORECASE
)
_LINE = re.compile(r" at line (?P<line>\d+)\Z")
_DATABASE_EXISTS = 1007


class Statement(NamedTuple):
    """One statement; ``line`` is where it begins, counted from 1."""

    line: int
    text: str

    @property
    def is_about_accounts(self) -> bool:
        """Whether it makes, changes or removes accounts of the server or their rights."""
        return _ACCOUNTS.match(self.text) is not None

    @property
    def is_about_databases(self) -> bool:
        """Whether it makes, removes or chooses a database."""
        return _DATABASES.match(self.text) is not None


def split(schema: str) -> Iterator[Statement]:
    """Cut SQL into statements, without the comments before each, as the mysql client does.

    Comments that the server executes (``/*! … */``) are statements.
    """
    schema = schema.removeprefix("\ufeff")
    delimiter = ";"
    position, begin = 0, None
    line, counted = 1, 0
    while position < len(schema):
        if begin is None and (command := _DELIMITER.match(schema, position)):
            delimiter, position = command["delimiter"], command.end()
            continue
        if schema.startswith(delimiter, position):
            if begin is not None:
                line, counted = line + schema.count("\n", counted, begin), begin
                yield Statement(line, schema[begin:position].rstrip())
            begin, position = None, position + len(delimiter)
            continue
        token = _TOKEN.match(schema, position)
        if begin is None and not (token and token.lastgroup in ("comment", "space")):
            begin = position
        position = token.end() if token else position + 1
    if begin is not None:
        line += schema.count("\n", counted, begin)
        yield Statement(line, schema[begin:].rstrip())


def load(
    schema: str, session: Session, skip: Callable[[Statement], bool] = lambda _statement: False
) -> list[Statement]:
    """Execute a schema and return the statements that were executed.

    Statements about the server's accounts are left out: the checker has its own. Making the
    database that is already there is no error.

    :param session: a connection with the rights that the schema may have.
    :param skip: tells which statements to leave out as well.
    :raises SchemaError: a statement cannot be executed.
    """
    end = time.monotonic() + SECONDS
    done = []
    for statement in split(schema):
        if statement.is_about_accounts or skip(statement):
            continue
        if time.monotonic() > end:
            raise SchemaError(statement.line, f"After {SECONDS} seconds it was still at work.")
        try:
            session.query(statement.text)
        except DatabaseTrouble as trouble:
            if trouble.code == _DATABASE_EXISTS and _names(statement, session.login.database):
                continue
            message, line = str(trouble), statement.line
            said = message.removesuffix(f" (error {trouble.code}).")
            if said != message and (found := _LINE.search(said)):  # counted within the statement
                line += int(found["line"]) - 1
                message = said[: found.start()] + message[len(said) :]
            raise SchemaError(line, message, trouble.code) from trouble
        done.append(statement)
    return done


def _names(statement: Statement, database: str | None) -> bool:
    word = re.escape(database or "")
    return re.search(rf"(?<!\w){word}(?!\w)", statement.text) is not None
