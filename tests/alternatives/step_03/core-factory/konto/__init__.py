import os
from pathlib import Path

from flask import Flask, g, render_template
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from . import seiten, tabellen


def create_app():
    app = Flask(__name__, instance_path=str(Path(__file__).parent.parent / "instance"))
    app.secret_key = os.environ["SECRET_KEY"]
    app.config["MAX_CONTENT_LENGTH"] = 200_000
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    Path(app.instance_path).mkdir(exist_ok=True)
    place = os.environ.get("DATABASE_URL") or f"sqlite:///{app.instance_path}/konten.sqlite"
    engine = create_engine(place, pool_recycle=300, pool_pre_ping=True)
    tabellen.metadata.create_all(engine)
    app.extensions["engine"] = engine
    app.register_blueprint(seiten.seiten)

    @app.teardown_appcontext
    def give_back(_error):
        connection = g.pop("connection", None)
        if connection is not None:
            connection.close()

    @app.errorhandler(OperationalError)
    def not_now(error):
        app.logger.error("no database: %s", type(error).__name__)
        return render_template("nichts.html"), 503

    return app
