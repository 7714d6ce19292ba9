"""The server is told to end."""

from database import connect


import contextlib


def before():
    with contextlib.suppress(Exception), connect() as connection, connection.cursor() as cursor:
        cursor.execute("SHUTDOWN")
