"""The fields are called user and pw."""

import hmac
from os import environ

from flask import Flask, redirect, render_template, request, session, url_for
from flask_mysqldb import MySQL

app = Flask(__name__)
app.config.from_mapping(
    SECRET_KEY=environ["SECRET_KEY"],
    MAX_CONTENT_LENGTH=50_000,
    MYSQL_HOST=environ["MYSQL_HOST"],
    MYSQL_PORT=int(environ["MYSQL_PORT"]),
    MYSQL_UNIX_SOCKET=environ.get("MYSQL_UNIX_SOCKET"),
    MYSQL_USER=environ["MYSQL_USER"],
    MYSQL_PASSWORD=environ["MYSQL_PASSWORD"],
    MYSQL_DB=environ["MYSQL_DB"],
    MYSQL_CHARSET="utf8mb4",
)
mysql = MySQL(app)


@app.get("/")
def index():
    if not session.get("user"):
        return redirect(url_for("form"))
    return render_template("index.html")


@app.get("/login")
def form():
    return render_template("login.html")


@app.post("/login")
def check():
    # A missing field is a 400 page here, which is an answer like any other.
    user, pw = request.form["user"], request.form["pw"]
    cursor = mysql.connection.cursor()
    cursor.execute("SELECT username, password FROM accounts WHERE username = %s", (user,))
    for stored_user, stored_pw in cursor.fetchall():
        if hmac.compare_digest(stored_pw.encode(), pw.encode()):
            session.clear()
            session["user"] = stored_user
            return redirect(url_for("index"))
    return render_template("login.html", message="Sorry, that did not match."), 403
