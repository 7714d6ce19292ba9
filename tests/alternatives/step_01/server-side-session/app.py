"""No signed cookie at all: the browser holds a random token, the database knows whose it is."""

import hashlib
import hmac
import os
import secrets

from flask import Flask, redirect, render_template_string, request
from flask_mysqldb import MySQL

app = Flask(__name__)
app.config.update(
    # Nothing is signed here; the key is taken all the same, for whatever may need one later.
    SECRET_KEY=os.environ["SECRET_KEY"],
    MAX_CONTENT_LENGTH=64 * 1024,
    MYSQL_HOST=os.environ["MYSQL_HOST"],
    MYSQL_PORT=int(os.environ["MYSQL_PORT"]),
    MYSQL_UNIX_SOCKET=os.environ.get("MYSQL_UNIX_SOCKET"),
    MYSQL_USER=os.environ["MYSQL_USER"],
    MYSQL_PASSWORD=os.environ["MYSQL_PASSWORD"],
    MYSQL_DB=os.environ["MYSQL_DB"],
    MYSQL_CHARSET="utf8mb4",
    MYSQL_AUTOCOMMIT=True,
)
mysql = MySQL(app)

FORM = """
<!doctype html>
<html lang="en">
<title>Log in</title>
<form method="post">
  {% if wrong %}<p>Wrong username or password.</p>{% endif %}
  <label>Username <input name="username"></label>
  <label>Password <input name="password" type="password"></label>
  <button>Log in</button>
</form>
</html>
"""


def digest_of(token):
    return hashlib.sha256(token.encode()).hexdigest()


@app.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "GET":
        return render_template_string(FORM)
    cursor = mysql.connection.cursor()
    username = request.form.get("username", "")
    cursor.execute("SELECT id, password FROM accounts WHERE username = %s", (username,))
    account = cursor.fetchone()
    password = request.form.get("password", "")
    if account is None or not hmac.compare_digest(account[1].encode(), password.encode()):
        return render_template_string(FORM, wrong=True)
    token = secrets.token_urlsafe()
    cursor.execute("INSERT INTO sessions VALUES (%s, %s)", (digest_of(token), account[0]))
    response = redirect("/")
    response.set_cookie("token", token, httponly=True, samesite="Lax")
    return response


@app.route("/")
def home():
    cursor = mysql.connection.cursor()
    cursor.execute(
        "SELECT username FROM sessions JOIN accounts ON id = account_id WHERE digest = %s",
        (digest_of(request.cookies.get("token", "")),),
    )
    account = cursor.fetchone()
    if account is None:
        return redirect("/login")
    return render_template_string(
        "<!doctype html><html lang=en><title>Home</title><p>Hello {{ name }}</html>",
        name=account[0],
    )
