"""As many bytes as the server takes."""

from database import connect


import contextlib


def before():
    with contextlib.suppress(Exception), connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS filler (data LONGBLOB)")
        for _ in range(1000):
            cursor.execute("INSERT INTO filler VALUES (REPEAT('x', 10000000))")
