"""What can go wrong with a database, by whose business it is."""

from __future__ import annotations


class DatabaseTrouble(Exception):
    """The database does not do what was asked, most likely because of what the app did to it.

    The text is for the student.

    :ivar code: the server's error number, where there is one.
    """

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class SchemaError(DatabaseTrouble):
    """A statement of ``schema.sql`` cannot be executed.

    :ivar line: where the statement goes wrong, counted from 1.
    :ivar message: what the server says about it.
    """

    def __init__(self, line: int, message: str, code: int | None = None) -> None:
        super().__init__(f"schema.sql, line {line}: {message}", code)
        self.line = line
        self.message = message


class ServerError(Exception):
    """There is no database server to work with: not the student's doing.

    The text names what is wrong and the remedy.
    """
