"""Other forms stand before the login form, it is sent as multipart, and a failure is a 401."""

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
)
mysql = MySQL(app)


@app.route("/")
def home():
    if "username" not in session:
        return redirect(url_for("login"))
    return render_template("home.html")


@app.post("/search")
def search():
    return render_template("nothing.html", words=request.form.get("words", ""))


@app.post("/newsletter")
def newsletter():
    return redirect(url_for("home"))


@app.get("/login")
def login():
    return render_template("login.html")


@app.post("/session/")
def new_session():
    cursor = mysql.connection.cursor()
    cursor.execute(
        "SELECT username, password FROM accounts WHERE username = %s",
        (request.form.get("user[name]", ""),),
    )
    account = cursor.fetchone()
    password = request.form.get("user[password]", "")
    if account is None or not hmac.compare_digest(account[1].encode(), password.encode()):
        page = render_template("login.html", error="Unknown combination of name and password.")
        return page, 401, {"WWW-Authenticate": 'FormBased realm="accounts"'}
    session.clear()
    session["username"] = account[0]
    return redirect(url_for("home"))
