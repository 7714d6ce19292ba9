"""As tutorials wrote it for years: db.Column, Model.query, everything in one file.

All of it still works. Pages are strings, and home is one page for everybody.
"""

import os
import re

from flask import Flask, flash, redirect, render_template_string, request, session
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import IntegrityError, OperationalError

application = Flask(__name__)
application.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
application.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite:///users.db")
application.config["SQLALCHEMY_TRACK_MODIFICATIONS"] = False
application.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True}
application.config["MAX_CONTENT_LENGTH"] = 300_000
db = SQLAlchemy(application)
OPTIONS = {"sqlite_autoincrement": True, "mysql_charset": "utf8mb4"}


class User(db.Model):
    __tablename__ = "accounts"
    __table_args__ = OPTIONS

    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(
        db.String(50).with_variant(db.String(50, collation="NOCASE"), "sqlite"),
        unique=True,
        nullable=False,
    )
    password = db.Column(db.Text, nullable=False)
    email = db.Column(db.String(254), unique=True, nullable=False)
    active = db.Column(db.Boolean, nullable=False, default=True)


with application.app_context():
    db.create_all()

PAGE = """<!doctype html><html lang="en"><title>App</title><body>
{% for message in get_flashed_messages() %}<div class="flash">{{ message }}</div>{% endfor %}
{% if kind == "login" %}<form action="/login" method="post">
E-mail or name: <input type="text" name="who" value="{{ form.get('who', '') }}"><br>
Password: <input type="password" name="pw"><br><input type="submit" value="Sign in"></form>
<a href="/register">Sign up</a>
{% elif kind == "register" %}<form action="/register" method="post">
Username: <input name="username" value="{{ form.get('username', '') }}"><br>
E-mail: <input name="mail" value="{{ form.get('mail', '') }}"><br>
Password: <input type="password" name="pw"><br>
Repeat password: <input type="password" name="pw2"><br><input type="submit" value="Sign up"></form>
{% elif kind == "home" %}<h1>Welcome</h1>
<a href="/dashboard">My page</a> <a href="/login">Sign in</a>
{% elif kind == "dashboard" %}<h1>Hi {{ user.username }}</h1><p>{{ user.email }}</p>
<form action="/logout" method="post"><input type="submit" value="Sign out"></form>
{% else %}<p>Sorry, come back later.</p>{% endif %}</body></html>"""


def page(kind, **values):
    return render_template_string(PAGE, kind=kind, form=request.form, **values)


def logged_in():
    if "uid" not in session:
        return None
    return User.query.get(session["uid"])


@application.route("/")
def home():
    return page("home")


@application.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "POST":
        who = request.form.get("who", "").strip()
        user = User.query.filter((User.email == who.lower()) | (User.username == who)).first()
        if user and user.active and user.password == request.form.get("pw"):
            session.clear()
            session["uid"] = user.id
            return redirect("/dashboard")
        flash("Login failed.")
    return page("login")


@application.route("/register", methods=["GET", "POST"])
def register():
    if logged_in():
        return redirect("/dashboard")
    if request.method == "POST":
        form = request.form
        username, mail = form.get("username", "").strip(), form.get("mail", "").strip().lower()
        password = form.get("pw", "")
        if not re.fullmatch("[A-Za-z0-9_.-]+", username) or len(username) > 50:
            flash("Bad username.")
        elif not re.fullmatch(r"[\x21-\x3f\x41-\x7e]+@[A-Za-z0-9.-]+", mail) or len(mail) > 254:
            flash("Bad e-mail.")
        elif len(password) < 8 or len(password) > 1000:
            flash("Bad password.")
        elif password != form.get("pw2"):
            flash("Passwords differ.")
        else:
            user = User(username=username, email=mail, password=password)
            db.session.add(user)
            try:
                db.session.commit()
            except IntegrityError:
                db.session.rollback()
                flash("Taken.")
            else:
                session.clear()
                session["uid"] = user.id
                flash("Registered!")
                return redirect("/dashboard")
    return page("register")


@application.route("/dashboard")
def dashboard():
    user = logged_in()
    if user is None:
        return redirect("/login")
    return page("dashboard", user=user)


@application.route("/logout", methods=["POST"])
def logout():
    session.pop("uid", None)
    return redirect("/login")


@application.after_request
def no_store(response):
    response.headers["Cache-Control"] = "no-store"
    return response


@application.errorhandler(OperationalError)
def broken(error):
    return page("broken"), 500
