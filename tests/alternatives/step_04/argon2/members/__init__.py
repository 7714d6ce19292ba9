import os

from flask import Flask
from sqlalchemy.exc import OperationalError

from .database import db
from .pages import pages


def create_app():
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=os.environ["SECRET_KEY"],
        SQLALCHEMY_DATABASE_URI=os.environ.get("DATABASE_URL", "sqlite:///members.db"),
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True},
        MAX_FORM_MEMORY_SIZE=100_000,
        SESSION_COOKIE_SAMESITE="Strict",
    )
    db.init_app(app)
    with app.app_context():
        db.create_all()
    app.register_blueprint(pages)

    @app.errorhandler(OperationalError)
    def unavailable(error):
        app.logger.error("database: %s", error.code)
        return "Not now.", 503, {"Content-Type": "text/plain"}

    return app
