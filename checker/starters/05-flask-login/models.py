# TODO 1 (lesson: Accounts for Flask-Login): import what is new.
"""The database: one table of accounts, as a class."""

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# End of TODO 1.


class Base(DeclarativeBase):
    """What all models have in common."""


db = SQLAlchemy(model_class=Base)

TABLE_OPTIONS = {
    # Otherwise SQLite gives the id of a deleted account to the next one, and a session of the
    # first would open the pages of the second.
    "sqlite_autoincrement": True,
    # Every character there is. MariaDB 10.11, left to itself, takes latin1.
    "mysql_charset": "utf8mb4",
    "mariadb_charset": "utf8mb4",
}


def name_column(length):
    """Return a column of text in which "Ada" and "ada" are one name, whatever the database."""
    # MySQL ignores case unless told otherwise. SQLite does not: NOCASE tells it to, for plain
    # letters, and we allow no others.
    text = String(length).with_variant(String(length, collation="NOCASE"), "sqlite")
    return mapped_column(text, unique=True)


# TODO 2 (lesson: Accounts for Flask-Login): tell which accounts may be used; add a log.
class Account(db.Model):
    """Somebody who may log in."""

    __tablename__ = "accounts"
    __table_args__ = TABLE_OPTIONS

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = name_column(50)
    # SQLite ignores the length, MySQL does not. A hash, from step 04 on, has 162 characters.
    password: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = name_column(254)
    active: Mapped[bool] = mapped_column(server_default=true())


# End of TODO 2.
