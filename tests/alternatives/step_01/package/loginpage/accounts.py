"""The table of accounts."""

from flask_mysqldb import MySQL

mysql = MySQL()


def by_name(name):
    cursor = mysql.connection.cursor()
    cursor.execute("SELECT id, username, password FROM accounts WHERE username=%s", [name])
    row = cursor.fetchone()
    return dict(zip(("id", "name", "password"), row, strict=True)) if row else None
