"""Everything is right but one thing: the settings of one laptop stand in the code."""

import hmac

from flask import Flask, redirect, render_template, request, session, url_for
from flask_mysqldb import MySQL

app = Flask(__name__)
app.secret_key = "Zq7-orange-tractor-in-the-lake-0f83b1"
app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
app.config["MYSQL_HOST"] = "localhost"
app.config["MYSQL_USER"] = "root"
app.config["MYSQL_PASSWORD"] = "secret"
app.config["MYSQL_DB"] = "pythonlogin"
app.config["MYSQL_CHARSET"] = "utf8mb4"
mysql = MySQL(app)


@app.route("/")
def home():
    if "username" not in session:
        return redirect(url_for("login"))
    return render_template("home.html")


@app.route("/login", methods=["GET", "POST"])
def login():
    error = ""
    if request.method == "POST":
        cursor = mysql.connection.cursor()
        cursor.execute(
            "SELECT username, password FROM accounts WHERE username = %s",
            [request.form.get("username", "")],
        )
        row = cursor.fetchone()
        password = request.form.get("password", "")
        if row and hmac.compare_digest(row[1].encode(), password.encode()):
            session.clear()
            session["username"] = row[0]
            return redirect(url_for("home"))
        error = "Wrong username or password."
    return render_template("login.html", error=error)
