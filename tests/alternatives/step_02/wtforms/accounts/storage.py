"""All SQL of the app."""

from flask_mysqldb import MySQL
from MySQLdb import IntegrityError

mysql = MySQL()


def create(name, email, password):
    """Return the new id; None when name or e-mail is taken."""
    cursor = mysql.connection.cursor()
    try:
        cursor.execute(
            "INSERT INTO accounts (email, username, password, active) VALUES (%s, %s, %s, 1)",
            (email.lower(), name, password),
        )
    except IntegrityError:
        return None
    return cursor.lastrowid


def by_email(email):
    """Return id, password and whether it is active."""
    cursor = mysql.connection.cursor()
    cursor.execute("SELECT id, password, active FROM accounts WHERE email = %s", (email.lower(),))
    return cursor.fetchone()


def by_id(number):
    """Return name and e-mail."""
    cursor = mysql.connection.cursor()
    cursor.execute("SELECT username, email FROM accounts WHERE id = %s", (number,))
    return cursor.fetchone()
