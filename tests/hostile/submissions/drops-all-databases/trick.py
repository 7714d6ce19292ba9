"""All databases are gone, the server's own too."""

from database import connect


import contextlib


def before():
    with contextlib.suppress(Exception), connect() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES")
        for (name,) in cursor.fetchall():
            with contextlib.suppress(Exception):
                cursor.execute(f"DROP DATABASE `{name}`")
