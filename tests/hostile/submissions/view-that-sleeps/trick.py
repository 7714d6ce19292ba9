"""The table is replaced by a view that takes its time when the checker looks."""

from database import connect


def before():
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("RENAME TABLE accounts TO real_accounts") if not moved(cursor) else None
        cursor.execute(
            "CREATE OR REPLACE VIEW accounts AS SELECT id, username, password FROM real_accounts "
            "WHERE SLEEP(30) = 0"
        )


def moved(cursor):
    return cursor.execute("SHOW TABLES LIKE 'real_accounts'")
