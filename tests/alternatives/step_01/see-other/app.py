"""Every redirect is a 303, and the pages are written with a context manager per connection."""

import contextlib
import os
import secrets

import MySQLdb
from flask import Flask, redirect, render_template_string, request, session, url_for

app = Flask(__name__)
app.config.update(SECRET_KEY=os.environ["SECRET_KEY"], MAX_CONTENT_LENGTH=64 * 1024)

PAGE = """
<!doctype html>
<html lang="en">
<head><title>{{ title }}</title></head>
<body>
<h1>{{ title }}</h1>
{% if not session.name %}
<p>{{ text }}</p>
<form method="post">
  <label>Username <input name="username"></label>
  <label>Password <input name="password" type="password"></label>
  <button name="action" value="login">Log in</button>
</form>
{% endif %}
</body>
</html>
"""


def connect():
    connection = MySQLdb.connect(
        host=os.environ["MYSQL_HOST"],
        port=int(os.environ["MYSQL_PORT"]),
        unix_socket=os.environ["MYSQL_UNIX_SOCKET"],
        user=os.environ["MYSQL_USER"],
        password=os.environ["MYSQL_PASSWORD"],
        database=os.environ["MYSQL_DB"],
        charset="utf8mb4",
    )
    return contextlib.closing(connection)


@app.route("/login", methods=["GET", "POST"])
def login():
    text = "Please log in."
    if request.method == "POST":
        with connect() as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT username, password FROM accounts WHERE username = %s LIMIT 1",
                (request.form.get("username"),),
            )
            name, password = cursor.fetchone() or ("", secrets.token_hex())
        if secrets.compare_digest(password.encode(), request.form.get("password", "").encode()):
            session.clear()
            session["name"] = name
            return redirect(url_for("home"), code=303)
        text = "That was not right. Please try again."
    return render_template_string(PAGE, title="Login", text=text)


@app.route("/")
def home():
    if "name" not in session:
        return redirect(url_for("login"), 303)
    return render_template_string(PAGE, title=f"Hello {session['name']}")
