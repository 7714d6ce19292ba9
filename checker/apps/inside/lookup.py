"""Looking into an app's SQLite file, inside the jail: the file comes from the app."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import resource
import signal
import socket
import sqlite3
from typing import Any, NoReturn

import confine
import frames

_SECONDS, _SECONDS_FOR_A_LOCK = 2.5, 2.0
_MOST_ROWS = 60_000
#: Address space: a view can make a lot out of a small file.
_MOST_MEMORY = 512 * 1024 * 1024


def serve(connection: int, *, isolate: bool, user: int | None) -> NoReturn:
    """Execute statements, one after the other, until the checker hangs up or one of them fails.

    Rows go back as JSON, bytes as ``{"b": base64}``.

    :param user: whom to become first, where there is no jail.
    """
    channel = socket.socket(fileno=connection)
    decoder = frames.Decoder()
    number = None
    try:
        with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
            resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
        if isolate:
            confine.give_up_privileges()
        elif user is not None:
            confine.become(user)
        while (order := frames.receive(channel, decoder)) is not None:
            # Whatever the file makes SQLite do: it ends soon, even when nobody waits any more.
            signal.setitimer(signal.ITIMER_REAL, _SECONDS)
            number = order.header["id"]
            rows = _execute(order.header["path"], order.header["sql"], json.loads(order.body))
            body = json.dumps(rows, default=_plain).encode()
            channel.sendall(frames.encode({"type": "rows", "id": number}, body))
            signal.setitimer(signal.ITIMER_REAL, 0)
    except BaseException as error:
        text = f"{type(error).__name__}: {error}"[:2000]
        channel.sendall(frames.encode({"type": "trouble", "id": number, "text": text}))
    finally:
        os._exit(0)


def _execute(path: str, sql: str, parameters: list[Any]) -> list[dict[str, Any]]:
    connection = sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=_SECONDS_FOR_A_LOCK)
    with contextlib.closing(connection) as database:
        database.isolation_level = None
        database.text_factory = lambda data: data.decode(errors="backslashreplace")
        # Views and triggers of the file may call no functions with side effects
        # (sqlite.org/security).
        database.execute("PRAGMA trusted_schema = OFF")
        cursor = database.execute(sql, parameters)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchmany(_MOST_ROWS)]


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return {"b": base64.b64encode(value).decode()}
    raise TypeError(type(value).__name__)
