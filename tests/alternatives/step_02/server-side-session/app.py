"""No signed session for the login: a random token, whose digest the database knows."""

import hashlib
import hmac
import os
import secrets

from flask import Flask, flash, g, redirect, render_template_string, request
from flask_mysqldb import MySQL

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ["SECRET_KEY"],  # for flashed messages
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

HEAD = """
<!doctype html>
<html lang="en">
<title>Club</title>
{% for message in get_flashed_messages() %}<div>{{ message }}</div>{% endfor %}
"""
LOGIN = (
    HEAD
    + """
<form method="post">
  {% if wrong %}<p>Wrong.</p>{% endif %}
  <input name="login" placeholder="E-mail or name">
  <input name="secret" type="password" placeholder="Password">
  <button name="do" value="login">Log in</button>
</form>
<form action="/register"><button>Register</button></form>
"""
)
REGISTER = (
    HEAD
    + """
<form method="post" action="/register">
  {% for line in wrong %}<p>{{ line }}</p>{% endfor %}
  <input name="name" placeholder="User name" value="{{ name }}">
  <input name="mail" placeholder="E-mail" value="{{ mail }}">
  <input name="secret1" type="password" placeholder="Password">
  <input name="secret2" type="password" placeholder="Password again">
  <button>Register</button>
</form>
"""
)
CLUB = (
    HEAD
    + """
<p>{{ account[1] }} ({{ account[2] }})
<form method="post" action="/logout"><button>Log out</button></form>
<form method="get" action="/search"><input name="q"><button>Search</button></form>
"""
)


def run(sql, *values):
    cursor = mysql.connection.cursor()
    cursor.execute(sql, values)
    return cursor


def digest_of(token):
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


@app.before_request
def find_account():
    g.account = run(
        "SELECT accounts.id, username, email FROM sessions JOIN accounts ON id = account_id"
        " WHERE digest = %s",
        digest_of(request.cookies.get("token", "")),
    ).fetchone()


def logged_in(account_id):
    run("DELETE FROM sessions WHERE digest = %s", digest_of(request.cookies.get("token", "")))
    token = secrets.token_urlsafe()
    run("INSERT INTO sessions VALUES (%s, %s)", digest_of(token), account_id)
    response = redirect("/dashboard")
    response.set_cookie("token", token, httponly=True, samesite="Lax")
    return response


@app.route("/")
def home():
    return redirect("/dashboard" if g.account else "/login")


@app.route("/register", methods=["GET", "POST"])
def register():
    if g.account:
        return redirect("/")
    if request.method == "GET":
        return render_template_string(REGISTER)
    name, mail = (request.form.get(key, "").strip() for key in ("name", "mail"))
    secret = request.form.get("secret1", "")
    wrong = []
    if not 0 < len(name) <= 50 or "@" in name:
        wrong.append("Please choose another name.")
    if len(mail) > 254 or " " in mail or not 0 < mail.find("@") < len(mail) - 1:
        wrong.append("That is no e-mail address.")
    if len(secret) not in range(8, 129):
        wrong.append("8 to 128 characters, please.")
    if secret != request.form.get("secret2"):
        wrong.append("Please type the same password twice.")
    if not wrong:
        made = run(
            "INSERT IGNORE INTO accounts (username, email, password) VALUES (%s, %s, %s)",
            name,
            mail,
            secret,
        )
        if made.rowcount:
            flash("Welcome to the club.")
            return logged_in(made.lastrowid)
        wrong.append("Somebody is here already under that name or address.")
    return render_template_string(REGISTER, wrong=wrong, name=name, mail=mail), 400


@app.route("/login", methods=["GET", "POST"])
def login():
    if g.account:
        return redirect("/")
    if request.method == "GET":
        return render_template_string(LOGIN)
    typed = request.form.get("login", "").strip()
    found = run(
        "SELECT id, password FROM accounts"
        " WHERE active AND (email_key = LOWER(%s) OR username = %s)",
        typed,
        typed,
    ).fetchone()
    expected = found[1] if found else secrets.token_hex()
    if not hmac.compare_digest(expected.encode(), request.form.get("secret", "").encode()):
        return render_template_string(LOGIN, wrong=True), 403
    return logged_in(found[0])


@app.post("/logout")
def logout():
    run("DELETE FROM sessions WHERE digest = %s", digest_of(request.cookies.get("token", "")))
    response = redirect("/login")
    response.delete_cookie("token")
    return response


@app.route("/dashboard", methods=["GET", "POST"])
def dashboard():
    if not g.account:
        return redirect("/login")
    return render_template_string(CLUB, account=g.account), {"Cache-Control": "no-store"}
