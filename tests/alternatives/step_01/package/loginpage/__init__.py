"""A package with two blueprints."""

import os

from flask import Flask

from . import accounts, auth, pages


def create_app():
    app = Flask(__name__)
    app.secret_key = os.environ["SECRET_KEY"]
    app.config.update(
        {name: value for name, value in os.environ.items() if name.startswith("MYSQL_")},
        MYSQL_PORT=int(os.environ["MYSQL_PORT"]),
        MYSQL_CHARSET="utf8mb4",
        MAX_CONTENT_LENGTH=256 * 1024,
    )
    accounts.mysql.init_app(app)
    app.register_blueprint(auth.blueprint)
    app.register_blueprint(pages.blueprint)
    return app
