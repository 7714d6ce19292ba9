"""The database is gone at the first visit."""

from database import connect


def before():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS pythonlogin")
