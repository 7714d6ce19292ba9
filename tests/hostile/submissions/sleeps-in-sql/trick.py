"""A statement that takes a quarter of an hour."""

from database import connect


def before():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT SLEEP(1000)")
