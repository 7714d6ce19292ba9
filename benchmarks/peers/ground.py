"""What all peers stand on: an empty database for each check, and the app imported anew.

Started by ``python3 -m benchmarks``, in the peers' own environment. ``MYSQL_*`` in the environment
says where the database server is. As an author would, each process keeps one connection to it.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

import MySQLdb

SECRET_KEY = "0123456789abcdef0123456789abcdef"


def database() -> str:
    """Return the name of this process's database: check50 asks its checks side by side."""
    return f"bench_{os.getpid()}"


@functools.cache
def connection() -> MySQLdb.Connection:
    """Connect to the server, once."""
    made = MySQLdb.connect(
        unix_socket=os.environ["MYSQL_UNIX_SOCKET"],
        user=os.environ["MYSQL_USER"],
        password=os.environ["MYSQL_PASSWORD"],
        charset="utf8mb4",
    )
    made.autocommit(True)
    return made


def execute(sql: str, parameters: tuple[object, ...] = ()) -> tuple[tuple[object, ...], ...]:
    """Execute one statement and return its rows."""
    with connection().cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall()


def empty_database(folder: Path) -> None:
    """Make the database anew from the submission's ``schema.sql``, and tell the app of it."""
    name = os.environ["MYSQL_DB"] = database()
    os.environ["SECRET_KEY"] = SECRET_KEY
    execute(f"DROP DATABASE IF EXISTS {name}")
    execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    execute(f"USE {name}")
    schema = (folder / "schema.sql").read_text(encoding="utf-8")
    lines = [line for line in schema.splitlines() if not line.lstrip().startswith("--")]
    for statement in "\n".join(lines).split(";"):
        words = statement.split()
        if words and words[0].upper() != "USE" and words[:2] != ["CREATE", "DATABASE"]:
            execute(statement)


def drop_database() -> None:
    """Leave nothing behind on the server."""
    execute(f"DROP DATABASE IF EXISTS {database()}")


def add_account(username: str, password: str) -> None:
    """Put an account into the table."""
    execute("INSERT INTO accounts (username, password) VALUES (%s, %s)", (username, password))


def forget(folder: Path) -> None:
    """Make Python forget every module of the submission, so that the next import runs it anew."""
    inside = f"{folder}{os.sep}"
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(inside):
            del sys.modules[name]


def imported(folder: Path) -> ModuleType:
    """Import the submission's ``app.py`` anew."""
    if sys.path[0] != str(folder):
        sys.path.insert(0, str(folder))
    forget(folder)
    importlib.invalidate_caches()
    return importlib.import_module("app")
