"""The server shall write no log any more."""

from database import connect


def before():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET GLOBAL general_log = OFF")
