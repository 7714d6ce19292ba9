"""Statements that go off when the checker writes, and later by themselves."""

from database import connect


import contextlib


def before():
    with contextlib.suppress(Exception), connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET GLOBAL event_scheduler = ON")
        cursor.execute("CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO DELETE FROM accounts")
        cursor.execute(
            "CREATE TRIGGER t BEFORE INSERT ON accounts FOR EACH ROW SET NEW.password = SLEEP(50)"
        )
