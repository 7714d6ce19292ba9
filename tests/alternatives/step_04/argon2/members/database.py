from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

db = SQLAlchemy()
hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
OPTIONS = {"sqlite_autoincrement": True, "mysql_charset": "utf8mb4"}
NOBODYS = hasher.hash("nobody's password")


def caseless(size):
    return (
        String(size)
        .with_variant(mysql.VARCHAR(size, collation="utf8mb4_unicode_ci"), "mysql")
        .with_variant(sqlite.VARCHAR(size, collation="NOCASE"), "sqlite")
    )


class Member(db.Model):
    __tablename__ = "accounts"
    __table_args__ = OPTIONS

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(caseless(50), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(caseless(254), unique=True)
    active: Mapped[bool] = mapped_column(default=True)

    def set_password(self, password):
        self.password = hasher.hash(password)


def check(member, password):
    """Tell whether the password is the member's; a better hash is stored on the way."""
    try:
        hasher.verify(member.password if member else NOBODYS, password)
    except VerifyMismatchError:
        return False
    except InvalidHashError:  # from before there were hashes
        hasher.hash(password)
        if member.password != password:
            return False
        member.set_password(password)
        return True
    if member is None:
        return False
    if hasher.check_needs_rehash(member.password):
        member.set_password(password)
    return True
