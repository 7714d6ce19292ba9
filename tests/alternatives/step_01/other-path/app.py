"""The pages have other paths; checker.toml says which."""

import hmac
import os

from flask import Flask, redirect, render_template, request, session, url_for
from flask_mysqldb import MySQL

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ["SECRET_KEY"],
    MAX_CONTENT_LENGTH=64 * 1024,
    MYSQL_HOST=os.environ["MYSQL_HOST"],
    MYSQL_PORT=int(os.environ["MYSQL_PORT"]),
    MYSQL_UNIX_SOCKET=os.environ.get("MYSQL_UNIX_SOCKET"),
    MYSQL_USER=os.environ["MYSQL_USER"],
    MYSQL_PASSWORD=os.environ["MYSQL_PASSWORD"],
    MYSQL_DB=os.environ["MYSQL_DB"],
    MYSQL_CHARSET="utf8mb4",
    SESSION_COOKIE_NAME="galleta",
)
mysql = MySQL(app)


@app.route("/inicio")
def home():
    if "username" not in session:
        return redirect(url_for("login"))
    return render_template("home.html")


@app.route("/entrar", methods=["GET", "POST"])
def login():
    if request.method == "GET":
        return render_template("login.html")
    cursor = mysql.connection.cursor()
    username = request.form.get("username", "")
    cursor.execute("SELECT username, password FROM accounts WHERE username = %s", (username,))
    match cursor.fetchone():
        case (name, password) if hmac.compare_digest(
            password.encode(), request.form.get("password", "").encode()
        ):
            session.clear()
            session["username"] = name
            return redirect(url_for("home"))
    return render_template("login.html", failed=True)
