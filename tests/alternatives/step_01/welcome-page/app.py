"""The home page is for everybody: strangers are welcomed with a link to the form."""

import hmac
import os

from flask import Flask, redirect, render_template, request, session, url_for
from flask_mysqldb import MySQL

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ["SECRET_KEY"],
    SESSION_COOKIE_SAMESITE="Strict",
    PERMANENT_SESSION_LIFETIME=3600,
    MAX_CONTENT_LENGTH=64 * 1024,
    MYSQL_HOST=os.environ["MYSQL_HOST"],
    MYSQL_PORT=int(os.environ["MYSQL_PORT"]),
    MYSQL_UNIX_SOCKET=os.environ.get("MYSQL_UNIX_SOCKET"),
    MYSQL_USER=os.environ["MYSQL_USER"],
    MYSQL_PASSWORD=os.environ["MYSQL_PASSWORD"],
    MYSQL_DB=os.environ["MYSQL_DB"],
    MYSQL_CHARSET="utf8mb4",
)
mysql = MySQL(app)


def account_with(column, value):
    # The column is one of two words written below, never anything that was typed.
    cursor = mysql.connection.cursor()
    cursor.execute(f"SELECT id, username, password FROM accounts WHERE {column} = %s", (value,))
    return cursor.fetchone()


@app.route("/")
def home():
    account = account_with("id", session["id"]) if "id" in session else None
    return render_template("home.html", name=account and account[1])


@app.route("/login", methods=["GET", "POST"])
def login():
    wrong = False
    if request.method == "POST":
        account = account_with("username", request.form.get("username", ""))
        expected = account[2] if account else ""
        same = hmac.compare_digest(expected.encode(), request.form.get("password", "").encode())
        if account and same:
            session.clear()
            session.permanent = True
            session["id"] = account[0]
            return redirect(url_for("home"))
        wrong = True
    return render_template("login.html", wrong=wrong)
