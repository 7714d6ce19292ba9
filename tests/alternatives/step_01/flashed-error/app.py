"""A wrong password leads back to the form by a redirect, and the message is flashed."""

import hmac
import os

from flask import Flask, flash, redirect, render_template, request, session, url_for
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
)
mysql = MySQL(app)


@app.get("/")
def home():
    if "username" not in session:
        flash("Please log in first.", "info")
        return redirect(url_for("login"))
    return render_template("home.html")


@app.get("/login")
def login():
    return render_template("login.html")


@app.post("/login")
def log_in():
    cursor = mysql.connection.cursor()
    cursor.execute(
        "SELECT username, password FROM accounts WHERE username = %s",
        (request.form.get("username", ""),),
    )
    account = cursor.fetchone()
    password = request.form.get("password", "")
    if account is None or not hmac.compare_digest(account[1].encode(), password.encode()):
        flash("The username or the password is wrong.", "error")
        return redirect(url_for("login"))
    session.clear()
    session["username"] = account[0]
    flash("You were logged in.", "info")
    return redirect(url_for("home"))
