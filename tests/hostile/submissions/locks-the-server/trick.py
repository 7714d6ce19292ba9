"""A lock on everything."""

from database import connect


kept = []


def before():
    if not kept:
        connection = connect()
        connection.cursor().execute("FLUSH TABLES WITH READ LOCK")
        kept.append(connection)
