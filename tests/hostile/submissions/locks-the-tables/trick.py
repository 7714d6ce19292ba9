"""A lock that is never released."""

from database import connect


kept = []


def before():
    if not kept:
        connection = connect()
        connection.cursor().execute("LOCK TABLES accounts WRITE")
        kept.append(connection)
