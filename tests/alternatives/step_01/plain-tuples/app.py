"""Rows are tuples, the login is one view class, and the pages need no templates."""

import os

from flask import Flask, redirect, request, session
from flask.views import MethodView
from flask_mysqldb import MySQL
from markupsafe import Markup

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

PAGE = Markup("<!doctype html><html lang=en><title>{title}</title><body>{body}</body></html>")
FORM = Markup(
    "<form method=post>{error}"
    "<p><label>Username<br><input name=username></label>"
    "<p><label>Password<br><input name=password type=password></label>"
    "<p><button>Log in</button></form>"
)


class Login(MethodView):
    def get(self, error=""):
        return PAGE.format(title="Log in", body=FORM.format(error=error))

    def post(self):
        cursor = mysql.connection.cursor()
        cursor.execute(
            "SELECT * FROM accounts WHERE username = %s", (request.form.get("username", ""),)
        )
        for number, name, password in cursor:
            if password == request.form.get("password"):
                session.clear()
                session["who"] = (number, name)
                return redirect("/")
        return self.get("Wrong username or password.")


app.add_url_rule("/login", view_func=Login.as_view("login"))


@app.route("/")
def home():
    if "who" not in session:
        return redirect("/login")
    return PAGE.format(title="Home", body=f"You are {session['who'][1]}.")
