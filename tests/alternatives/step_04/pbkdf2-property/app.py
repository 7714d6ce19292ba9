"""PBKDF2 instead of scrypt, and a model that hashes by itself: its password can only be set."""

import os
import re
import secrets
from functools import cache

from flask import Flask, flash, redirect, render_template_string, request, session
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import exc
from werkzeug.security import check_password_hash, generate_password_hash

app = Flask(__name__)
app.config.from_mapping(
    SECRET_KEY=os.environ["SECRET_KEY"],
    SQLALCHEMY_DATABASE_URI=os.environ.get("DATABASE_URL", "sqlite:///members.db"),
    SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True},
    SESSION_COOKIE_SAMESITE="Strict",
    PERMANENT_SESSION_LIFETIME=3600,
)
db = SQLAlchemy(app)
METHOD = "pbkdf2:sha256:600000"


@cache
def nobodys_hash():
    """What to compare with where there is no account: it takes as long."""
    return generate_password_hash(secrets.token_hex(), METHOD)


class Member(db.Model):
    __tablename__ = "accounts"
    __table_args__ = ({"sqlite_autoincrement": True, "mysql_charset": "utf8mb4"},)

    id = db.mapped_column(db.Integer, primary_key=True)
    username = db.mapped_column(
        db.Unicode(50).with_variant(db.Unicode(50, "NOCASE"), "sqlite"), unique=True, nullable=False
    )
    email = db.mapped_column(
        db.Unicode(254).with_variant(db.Unicode(254, "NOCASE"), "sqlite"),
        unique=True,
        nullable=False,
    )
    stored = db.mapped_column("password", db.String(255), nullable=False)
    active = db.mapped_column(db.Boolean, nullable=False, server_default=db.text("1"))

    @property
    def password(self):
        raise AttributeError("A password can be set, and compared, but not read.")

    @password.setter
    def password(self, typed):
        self.stored = generate_password_hash(typed, METHOD)

    @property
    def is_hashed(self):
        return re.match(r"(scrypt|pbkdf2):[a-z0-9:]+\$\w+\$[0-9a-f]{64,}\Z", self.stored) is not None


def right(member, typed):
    """Compare; a plain password of step 03 becomes a hash as soon as it is typed."""
    if member is None or not member.is_hashed:
        check_password_hash(nobodys_hash(), typed)
        if member is None or not secrets.compare_digest(member.stored.encode(), typed.encode()):
            return False
        member.password = typed
        db.session.commit()
        return True
    return check_password_hash(member.stored, typed)


PAGE = """<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body>
<h1>{{ title }}</h1><ul>{% for line in get_flashed_messages() %}<li>{{ line }}{% endfor %}</ul>
{% if fields %}<form method="post">{% for name, label, kind in fields %}
<div><label>{{ label }}: <input type="{{ kind }}" name="{{ name }}"
{%- if kind != "password" %} value="{{ request.form.get(name, '') }}"{% endif %}></label></div>
{% endfor %}<button type="submit">{{ title }}</button></form>{% endif %}
{% if me %}<p>You are {{ me.username }} ({{ me.email }}).</p><p><a href="/password">New password</a></p>
<form method="post" action="/logout"><button>Leave</button></form>
{% else %}<nav><a href="/login">Log in</a> <a href="/register">Sign up</a></nav>{% endif %}
</body></html>"""


def page(title, *fields, me=None, status=200):
    return render_template_string(PAGE, title=title, fields=fields, me=me), status


def me():
    return db.session.get(Member, session["me"]) if "me" in session else None


def begin(member):
    session.clear()
    session["me"] = member.id
    session.permanent = True


def weak(password, again):
    if len(password) < 8:
        return "Eight characters at least."
    if len(password) > 512:
        return "That is too much."
    return None if password == again else "These are two different passwords."


@app.get("/")
def home():
    return redirect("/dashboard" if me() else "/login")


@app.route("/register", methods=["POST", "GET"])
def register():
    if me():
        return redirect("/dashboard")
    fields = (
        ("name", "Username", "text"),
        ("mail", "E-mail", "email"),
        ("pass", "Password", "password"),
        ("pass_again", "Password again", "password"),
    )
    if request.method == "GET":
        return page("Sign up", *fields)
    name, mail = request.form.get("name", "").strip(), request.form.get("mail", "").strip()
    password = request.form.get("pass", "")
    trouble = weak(password, request.form.get("pass_again", ""))
    if not re.fullmatch(r"[-.\w]{1,50}", name, re.ASCII):
        trouble = "A username is made of letters and digits."
    if len(mail) > 254 or not re.fullmatch(r"[^\s@<>\"'`\\\x00-\x1f\x7f]+@[\w.-]+", mail, re.ASCII):
        trouble = "That is no e-mail address."
    if not trouble:
        member = Member(username=name, email=mail, password=password)
        db.session.add(member)
        try:
            db.session.commit()
        except exc.IntegrityError:
            db.session.rollback()
            trouble = "Name or address are in use."
        else:
            begin(member)
            flash("There you are.")
            return redirect("/dashboard")
    flash(trouble)
    return page("Sign up", *fields, status=400)


@app.route("/login", methods=["POST", "GET"])
def login():
    fields = ("who", "E-mail or username", "text"), ("pass", "Password", "password")
    if request.method == "GET":
        return page("Log in", *fields)
    who = request.form.get("who", "").strip()
    member = db.session.execute(
        db.select(Member).filter(db.or_(Member.email == who, Member.username == who))
    ).scalar()
    if right(member, request.form.get("pass", "")) and member.active:
        begin(member)
        return redirect("/dashboard")
    flash("Not like this.")
    return page("Log in", *fields, status=401)


@app.post("/logout")
def logout():
    session.clear()
    return redirect("/login")


@app.get("/dashboard")
def dashboard():
    member = me()
    return page("Dashboard", me=member) if member else redirect("/login")


@app.route("/password", methods=["POST", "GET"])
def password():
    member = me()
    if member is None:
        return redirect("/login")
    fields = (
        ("old", "Password so far", "password"),
        ("new", "New password", "password"),
        ("new_again", "New password again", "password"),
    )
    if request.method == "POST":
        new = request.form.get("new", "")
        trouble = weak(new, request.form.get("new_again", ""))
        if not right(member, request.form.get("old", "")):
            trouble = "Your password so far is another one."
        if not trouble:
            member.password = new
            db.session.commit()
            flash("From now on it is the new one.")
            return redirect("/dashboard")
        flash(trouble)
    return page("New password", *fields, me=member)


@app.after_request
def no_store(response):
    response.headers.setdefault("Cache-Control", "no-store, max-age=0")
    return response


@app.errorhandler(exc.OperationalError)
@app.errorhandler(exc.InterfaceError)
def away(error):
    app.logger.error("the database is away", exc_info=error)
    return page("Back soon", status=503)


with app.app_context():
    db.create_all()
