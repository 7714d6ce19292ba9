"""Who there is, and who is there."""

from flask_login import LoginManager, UserMixin
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, String, Text, func, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.security import generate_password_hash


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)
logins = LoginManager()
logins.login_view = "accounts.login"
logins.login_message = "Members only: please log in."
OPTIONS = {"sqlite_autoincrement": True, "mysql_charset": "utf8mb4", "mariadb_charset": "utf8mb4"}
#: Compared with where there is no account.
NOBODY = generate_password_hash("nobody at all")


def name(length):
    return String(length).with_variant(String(length, collation="NOCASE"), "sqlite")


class Person(UserMixin, db.Model):
    __tablename__ = "accounts"
    __table_args__ = OPTIONS

    username: Mapped[str] = mapped_column(name(50), unique=True)
    email: Mapped[str] = mapped_column(name(254), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(server_default=true())
    id: Mapped[int] = mapped_column(primary_key=True)

    @property
    def is_active(self):
        return self.active


class Diary(db.Model):
    __tablename__ = "diary"
    __table_args__ = OPTIONS

    who: Mapped[int]
    what: Mapped[str] = mapped_column(Text)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[object] = mapped_column(DateTime, server_default=func.now())


def write_down(person, what):
    db.session.add(Diary(who=person.id, what=what))
    db.session.commit()


@logins.user_loader
def find(number):
    if not isinstance(number, str) or not number.isascii() or not number.isdigit():
        return None
    return db.session.get(Person, int(number)) if len(number) < 10 else None
