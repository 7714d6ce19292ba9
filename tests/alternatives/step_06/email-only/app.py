"""Log in by e-mail address alone; one file, hashes by PBKDF2, page templates as text."""

import os
from datetime import UTC, datetime, timedelta

from flask import Flask, flash, make_response, redirect, render_template, request, session, url_for
from flask_login import (
    LoginManager,
    UserMixin,
    current_user,
    fresh_login_required,
    login_required,
    login_user,
    logout_user,
    user_loaded_from_cookie,
    user_logged_in,
    user_logged_out,
)
from flask_sqlalchemy import SQLAlchemy
from itsdangerous import BadSignature, TimestampSigner
from jinja2 import DictLoader
from sqlalchemy import Boolean, DateTime, Integer, String, func, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.security import check_password_hash, gen_salt, generate_password_hash

METHOD = "pbkdf2:sha256:1000000"


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


OPTIONS = {"sqlite_autoincrement": True, "mysql_charset": "utf8mb4"}


class Account(UserMixin, db.Model):
    __tablename__ = "accounts"
    __table_args__ = OPTIONS
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    # As it was typed; SQLite is told that capitals do not count.
    username: Mapped[str] = mapped_column(
        String(50).with_variant(String(50, collation="NOCASE"), "sqlite"), unique=True
    )
    password: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    active: Mapped[bool] = mapped_column(Boolean, server_default="1")

    def get_id(self):
        return f"{self.id}.{signer(self.password).get_signature(str(self.id)).decode()}"


class Visit(db.Model):
    __tablename__ = "visits"
    __table_args__ = OPTIONS
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    began: Mapped[datetime] = mapped_column(DateTime)
    ended: Mapped[datetime | None] = mapped_column(DateTime)


def signer(salt):
    return TimestampSigner(app.config["SECRET_KEY"], salt=salt)


def utc():
    return datetime.now(UTC)


def create_app():
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=os.environ["SECRET_KEY"],
        SQLALCHEMY_DATABASE_URI=os.environ.get("DATABASE_URL", "sqlite:///accounts.sqlite3"),
        SESSION_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_DURATION=86400 * 20,
        PERMANENT_SESSION_LIFETIME=3600,
        DAYS=int(os.environ.get("LAST_VISIT_DAYS", 30)),
    )
    app.jinja_loader = DictLoader(PAGES)
    db.init_app(app)
    with app.app_context():
        db.create_all()
    manager = LoginManager(app)
    manager.login_view = manager.refresh_view = "login"

    @manager.user_loader
    def load(token):
        number, _, _ = token.partition(".")
        if not number.isdecimal() or not number.isascii() or len(number) > 9:
            return None
        found = db.session.get(Account, int(number))
        return found if found and found.active and found.get_id() == token else None

    @manager.unauthorized_handler
    def to_login():
        flash("Log in first, please.")
        session["wanted"] = request.full_path.rstrip("?")
        return redirect(url_for("login"))

    @manager.needs_refresh_handler
    def to_login_again():
        flash("Log in once more, please.")
        session["wanted"] = request.full_path.rstrip("?")
        return redirect(url_for("login"))

    return app


FRAME = """<!doctype html><html lang="en">
<head><meta charset="utf-8"><title>{{ title }}</title></head><body>
{% for message in get_flashed_messages() %}<p><b>{{ message }}</b></p>{% endfor %}
{% block main %}{% endblock %}</body></html>"""
PAGES = {
    "frame.html": FRAME,
    "login.html": """{% extends "frame.html" %}{% block main %}
<form method="post"><label for="e">E-mail</label>
<input id="e" type="email" name="email" value="{{ email }}">
<label for="p">Password</label> <input id="p" type="password" name="password">
<input id="r" type="checkbox" name="r" value="1"> <label for="r">Remember me</label>
<button name="go" value="go">Log in</button></form>
<a href="/register">Register</a>{% endblock %}""",
    "register.html": """{% extends "frame.html" %}{% block main %}
<form method="post"><label>Display name <input name="username" value="{{ username }}"></label>
<label>E-mail <input type="email" name="email" value="{{ email }}"></label>
<label>Password <input type="password" name="password"></label>
<label>Password <input type="password" name="password2"></label>
<button>Register</button></form>{% endblock %}""",
    "password.html": """{% extends "frame.html" %}{% block main %}
<form method="post"><label>Current <input type="password" name="current"></label>
<label>New <input type="password" name="password"></label>
<label>Again <input type="password" name="password2"></label>
<button>Change</button></form>{% endblock %}""",
    "dashboard.html": """{% extends "frame.html" %}{% block main %}
<p>{{ current_user.username }}, {{ current_user.email }}</p>
{% if session.last %}<p>Last visit <time datetime="{{ session.last }}"></time></p>{% endif %}
<a href="/password">Password</a>
<form action="/logout" method="post"><input type="image" alt="Log out" src="data:,"></form>
{% endblock %}""",
}
app = create_app()


@app.after_request
def headers(response):
    response.headers["Cache-Control"] = "private, no-store"
    return response


def start(account, remember=False):
    wanted = session.get("wanted", "/dashboard")
    session.clear()
    logout_user()
    login_user(account, remember=remember)
    # What we wrote into the session ourselves, and only of pages that are there.
    page, mark, query = wanted.partition("?")
    known = {"/dashboard", "/password"}
    is_text = query.isascii() and query.isprintable() and "\\" not in query
    return redirect(page + mark + query if page in known and is_text else "/dashboard")


def rules(password, again):
    if len(password) < 8 or len(password) > 128:
        yield "A password needs 8 to 128 characters."
    if password != again:
        yield "The passwords differ."


@app.route("/register", methods=["GET", "POST"])
def register():
    if current_user.is_authenticated:
        return redirect("/dashboard")
    username = request.form.get("username", "").strip()
    email = request.form.get("email", "").strip().lower()
    if request.method == "POST":
        password = request.form.get("password", "")
        problems = list(rules(password, request.form.get("password2", "")))
        if not username or len(username) > 50 or set(username.lower()) - set(ALLOWED):
            problems.append("This name cannot be used.")
        local, at, domain = email.partition("@")
        is_odd = set(email) & set(" \t\n<>\"'")
        if not (local and at and domain) or len(email) > 254 or is_odd:
            problems.append("This is no e-mail address.")
        if not problems:
            account = Account(
                username=username, email=email, password=generate_password_hash(password, METHOD)
            )
            try:
                db.session.add(account)
                db.session.commit()
            except IntegrityError:
                db.session.rollback()
                problems.append("Name or address are taken.")
            else:
                response = start(account)
                flash("You are registered.")
                return response
        for problem in problems:
            flash(problem)
    return render_template("register.html", username=username, email=email, title="Register")


ALLOWED = "abcdefghijklmnopqrstuvwxyz0123456789_-."
NOBODY = generate_password_hash(gen_salt(20), METHOD)


@app.route("/login", methods=["GET", "POST"])
def login():
    if current_user.is_authenticated and session.get("_fresh"):
        return redirect("/dashboard")
    email = request.form.get("email", "").strip().lower()
    if request.method == "POST":
        account = db.session.scalars(select(Account).filter_by(email=email)).one_or_none()
        stored = account.password if account else NOBODY
        if check_password_hash(stored, request.form.get("password", "")) and account.active:
            return start(account, "r" in request.form)
        flash("E-mail or password wrong.")
    return render_template("login.html", email=email, title="Log in")


@app.route("/logout", methods=["POST"])
def logout():
    if current_user.is_authenticated:
        session.clear()
        logout_user()
    return redirect("/login")


@app.route("/")
def home():
    return redirect("/login")


@app.route("/dashboard")
@login_required
def dashboard():
    return render_template("dashboard.html", title="Dashboard")


@app.route("/password", methods=["GET", "POST"])
@fresh_login_required
def password():
    if request.method == "POST":
        new = request.form.get("password", "")
        problems = list(rules(new, request.form.get("password2", "")))
        if not check_password_hash(current_user.password, request.form.get("current", "")):
            problems.append("Not your current password.")
        if not problems:
            account = db.session.get(Account, current_user.id)
            account.password = generate_password_hash(new, METHOD)
            db.session.commit()
            login_user(account)
            flash("Changed.")
            return redirect("/dashboard")
        for problem in problems:
            flash(problem)
    return make_response(render_template("password.html", title="Password"))


@user_logged_in.connect
def came(sender, user):
    db.session.add(Visit(email=user.email, began=utc()))
    db.session.commit()


@user_logged_out.connect
def went(sender, user):
    if user.is_authenticated:
        latest = select(func.max(Visit.id)).filter_by(email=user.email).scalar_subquery()
        db.session.execute(update(Visit).where(Visit.id == latest).values(ended=utc()))
        db.session.commit()


@user_loaded_from_cookie.connect
@user_logged_in.connect
def seen(sender, user):
    if "last" in session:
        return
    session["last"] = None
    age = app.config["DAYS"] * 86400
    try:
        value = request.cookies.get("last", "")
        session["last"] = signer("last").unsign(value, age, return_timestamp=True)[1].isoformat()
    except BadSignature:
        pass
    session["mark"] = 1


@app.after_request
def write(response):
    if session.pop("mark", 0):
        value = signer("last").sign("v").decode()
        response.set_cookie(
            "last", value, timedelta(days=app.config["DAYS"]), httponly=True, samesite="Lax"
        )
    return response


@app.errorhandler(SQLAlchemyError)
def broken(error):
    app.logger.error("database", exc_info=error)
    return "<!doctype html><title>Out of order</title><p>Out of order for a moment.", 503
