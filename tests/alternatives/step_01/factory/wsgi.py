"""The app is made by a function, and the function stands in wsgi.py."""

import hmac
import os

from flask import Flask, redirect, render_template, request, session
from flask_mysqldb import MySQL

mysql = MySQL()


def create_app():
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
    for name in ("HOST", "USER", "PASSWORD", "DB", "UNIX_SOCKET"):
        app.config[f"MYSQL_{name}"] = os.environ.get(f"MYSQL_{name}")
    app.config["MYSQL_PORT"] = int(os.environ.get("MYSQL_PORT", 3306))
    app.config["MYSQL_CHARSET"] = "utf8mb4"
    mysql.init_app(app)
    app.add_url_rule("/", view_func=home)
    app.add_url_rule("/login", view_func=show_form, methods=["GET"])
    app.add_url_rule("/login", view_func=log_in, methods=["POST"])
    return app


def home():
    if "user_id" not in session:
        return redirect("/login")
    return render_template("home.html")


def show_form():
    return render_template("login.html")


def log_in():
    with mysql.connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, username, password FROM accounts WHERE username = %(name)s",
            {"name": request.form.get("username", "")},
        )
        row = cursor.fetchone() or (None, "", "")
    typed = request.form.get("password", "")
    if row[0] is None or not hmac.compare_digest(row[2].encode(), typed.encode()):
        return render_template("login.html", failed=True), 422
    session.clear()
    session["user_id"], session["name"] = row[:2]
    return redirect("/")
