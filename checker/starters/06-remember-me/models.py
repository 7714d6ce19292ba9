# TODO 10 (lesson: Tokens that die with the password): import what is new.
"""The database: a table of accounts, and a log of who came and went."""

from datetime import UTC, datetime

from flask_login import UserMixin
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# End of TODO 10.


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


# TODO 11 (lesson: Tokens that die with the password): say what cookies hold.
class Account(UserMixin, db.Model):
    """Somebody who may log in."""

    __tablename__ = "accounts"
    __table_args__ = TABLE_OPTIONS

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = name_column(50)
    # SQLite ignores the length, MySQL does not. A hash, from step 04 on, has 162 characters.
    password: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = name_column(254)
    active: Mapped[bool] = mapped_column(server_default=true())

    @property
    def is_active(self):
        """Tell Flask-Login, which asks at every request, whether this account may be used."""
        return self.active


# End of TODO 11.


class SignIn(db.Model):
    """One line of the sign-in log."""

    __tablename__ = "sign_ins"
    __table_args__ = TABLE_OPTIONS

    id: Mapped[int] = mapped_column(primary_key=True)
    # No foreign key: the log outlives the account.
    account_id: Mapped[int] = mapped_column(index=True)
    event: Mapped[str] = mapped_column(String(10))
    happened_at: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
