"""The tables, in the classic style."""

import hashlib
from datetime import UTC, datetime

from flask import current_app
from flask_login import UserMixin

from .extensions import db, login_manager

OPTIONS = {
    "sqlite_autoincrement": True,
    "mysql_charset": "utf8mb4",
    "mariadb_charset": "utf8mb4",
}


def ci_string(length):
    return db.String(length).with_variant(db.String(length, collation="NOCASE"), "sqlite")


class User(UserMixin, db.Model):
    __tablename__ = "accounts"
    __table_args__ = OPTIONS

    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(ci_string(50), unique=True, nullable=False)
    password = db.Column(db.String(255), nullable=False)
    email = db.Column(ci_string(254), unique=True, nullable=False)
    active = db.Column(db.Boolean, nullable=False, default=True, server_default=db.true())
    events = db.relationship("Event", back_populates="user", cascade="all, delete-orphan")

    @property
    def is_active(self):
        return self.active

    def get_id(self):
        key = current_app.secret_key.encode()[:64]
        mark = hashlib.blake2b(self.password.encode(), key=key, digest_size=16)
        return f"{self.id}-{mark.hexdigest()}"


class Event(db.Model):
    __tablename__ = "events"
    __table_args__ = OPTIONS

    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False)
    what = db.Column(db.String(20), nullable=False)
    at = db.Column(db.DateTime, default=lambda: datetime.now(UTC))
    user = db.relationship("User", back_populates="events")


@login_manager.user_loader
def load_user(token):
    number = str(token).split("-")[0]
    if not (number.isascii() and number.isdigit()) or len(number) > 15:
        return None
    user = db.session.get(User, int(number))
    if user is None or not user.active or user.get_id() != token:
        return None
    return user
