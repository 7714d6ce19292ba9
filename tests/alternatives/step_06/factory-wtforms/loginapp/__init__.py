"""The factory."""

import os
from datetime import timedelta

from flask import Flask
from sqlalchemy.exc import OperationalError

from . import auth, pages, visits
from .extensions import csrf, db, login_manager


def create_app(config=None):
    """Put the app together."""
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=os.environ["SECRET_KEY"],
        MAX_CONTENT_LENGTH=100_000,
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=1),
        REMEMBER_COOKIE_NAME="remembered",
        REMEMBER_COOKIE_DURATION=timedelta(days=7),
        REMEMBER_COOKIE_SAMESITE="Strict",
        REMEMBER_COOKIE_REFRESH_EACH_REQUEST=False,
        SQLALCHEMY_DATABASE_URI=os.environ.get("DATABASE_URL", "sqlite:///app.sqlite"),
    )
    app.config.update(config or {})

    db.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    visits.init_app(app)
    app.register_blueprint(auth.blueprint)
    app.register_blueprint(pages.blueprint)
    with app.app_context():
        db.create_all()

    @app.after_request
    def never_store(response):
        response.cache_control.no_store = True
        return response

    @app.errorhandler(OperationalError)
    def no_database(error):
        app.logger.exception("no database")
        return "<!doctype html><title>Sorry</title><p>Please come back later.", 500

    return app
