"""A factory, a blueprint, and forms made with Flask-WTF, which bring CSRF tokens along."""

import os

from flask import Flask

from accounts.storage import mysql
from accounts.views import bp


def create_app():
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=os.environ["SECRET_KEY"],
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=32 * 1024,
        MYSQL_HOST=os.environ["MYSQL_HOST"],
        MYSQL_PORT=int(os.environ["MYSQL_PORT"]),
        MYSQL_UNIX_SOCKET=os.environ.get("MYSQL_UNIX_SOCKET"),
        MYSQL_USER=os.environ["MYSQL_USER"],
        MYSQL_PASSWORD=os.environ["MYSQL_PASSWORD"],
        MYSQL_DB=os.environ["MYSQL_DB"],
        MYSQL_CHARSET="utf8mb4",
        MYSQL_AUTOCOMMIT=True,
    )
    mysql.init_app(app)
    app.register_blueprint(bp)
    return app
