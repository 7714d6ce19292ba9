"""A package with blueprints. Flask-Login keeps the page asked for in the session, not in the address."""

import os

from flask import Flask

from .accounts import accounts
from .members import members
from .people import db, logins


def create_app():
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=os.environ["SECRET_KEY"],
        USE_SESSION_FOR_NEXT=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SQLALCHEMY_DATABASE_URI=os.environ.get("DATABASE_URL", "sqlite:///club.db"),
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True},
        MAX_CONTENT_LENGTH=100_000,
    )
    db.init_app(app)
    logins.init_app(app)
    app.register_blueprint(accounts)
    app.register_blueprint(members)
    with app.app_context():
        db.create_all()
    return app
