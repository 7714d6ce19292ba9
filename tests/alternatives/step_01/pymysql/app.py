"""PyMySQL without an extension, and the pages as text in the same file."""

import hmac
import os

import pymysql
from flask import Flask, g, redirect, render_template_string, request, session

LOGIN = """
<!doctype html>
<html lang="en">
<title>Log in</title>
<form method="post">
  {% if wrong %}<strong>Wrong username or password.</strong>{% endif %}
  <label>Username <input name="username" value="{{ request.form.username }}"></label>
  <label>Password <input name="password" type="password"></label>
  <button>Log in</button>
</form>
</html>
"""

HOME = """
<!doctype html>
<html lang="en">
<title>Home</title>
<h1>Hi {{ session.username }}</h1>
</html>
"""

app = Flask(__name__)
app.config.update(SECRET_KEY=os.environ["SECRET_KEY"], MAX_CONTENT_LENGTH=64 * 1024)


def database():
    if "database" not in g:
        g.database = pymysql.connect(
            host=os.environ["MYSQL_HOST"],
            port=int(os.environ["MYSQL_PORT"]),
            unix_socket=os.environ.get("MYSQL_UNIX_SOCKET"),
            user=os.environ["MYSQL_USER"],
            password=os.environ["MYSQL_PASSWORD"],
            database=os.environ["MYSQL_DB"],
            charset="utf8mb4",
            cursorclass=pymysql.cursors.DictCursor,
        )
    return g.database


@app.teardown_appcontext
def close_database(error):
    if "database" in g:
        g.pop("database").close()


@app.errorhandler(pymysql.MySQLError)
def database_failed(error):
    app.logger.exception("database")
    return "<!doctype html><title>Sorry</title><p>Something is broken. We are on it.", 500


@app.route("/login", methods=["GET", "POST"])
def login():
    wrong = False
    if request.method == "POST":
        with database().cursor() as cursor:
            cursor.execute(
                "SELECT id, username, password FROM accounts WHERE username = %s",
                request.form.get("username", ""),
            )
            account = cursor.fetchone()
        typed = request.form.get("password", "").encode()
        if account and hmac.compare_digest(account["password"].encode(), typed):
            session.clear()
            session.update(id=account["id"], username=account["username"])
            return redirect("/")
        wrong = True
    return render_template_string(LOGIN, wrong=wrong)


@app.route("/")
def home():
    return render_template_string(HOME) if "id" in session else redirect("/login")
