"""A correct app for step 01, in which each hostile submission puts its trick."""

import hmac
import os

import trick
from database import connect
from flask import Flask, redirect, request, session
from markupsafe import escape

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
app.before_request(trick.before)

FORM = (
    "<title>Log in</title><p>{}</p><form method=post><label>Name <input name=username></label>"
    "<label>Password <input type=password name=password></label><button>Log in</button></form>"
)


@app.get("/login")
def form():
    return FORM.format("Welcome.")


@app.post("/login")
def login():
    name, password = request.form.get("username", ""), request.form.get("password", "")
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT username, password FROM accounts WHERE username = %s", (name,))
        account = cursor.fetchone()
    if account is None or not hmac.compare_digest(account[1].encode(), password.encode()):
        return FORM.format("Wrong name or password.")
    session.clear()
    session["username"] = account[0]
    return redirect("/")


@app.get("/")
def home():
    if "username" not in session:
        return redirect("/login")
    return f"<h1>Hello, {escape(session['username'])}!</h1>"
