"""SQLAlchemy Core, sessions by hand, remember tokens in a table of their own."""

import datetime
import functools
import hashlib
import hmac
import os
import pathlib
import re
import secrets
import urllib.parse

import sqlalchemy as sa
from flask import Flask, abort, flash, g, redirect, render_template, request, session, url_for
from werkzeug.security import check_password_hash, generate_password_hash

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
app.config.update(
    SESSION_COOKIE_SAMESITE="Lax",
    PERMANENT_SESSION_LIFETIME=1800,
    MAX_CONTENT_LENGTH=1 << 17,
)
REMEMBERED = datetime.timedelta(days=14)
LAST_VISIT = datetime.timedelta(days=int(os.getenv("LAST_VISIT_DAYS") or 30))

# ------------------------------------------------------------------ database

pathlib.Path(app.instance_path).mkdir(parents=True, exist_ok=True)
DEFAULT = f"sqlite:///{app.instance_path}/core.db"
engine = sa.create_engine(os.environ.get("DATABASE_URL", DEFAULT), pool_pre_ping=True)
metadata = sa.MetaData()
OPTIONS = dict(sqlite_autoincrement=True, mysql_charset="utf8mb4", mariadb_charset="utf8mb4")


def name(length):
    """Text in which capitals do not count."""
    return sa.String(length).with_variant(sa.String(length, collation="NOCASE"), "sqlite")


accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("username", name(50), nullable=False, unique=True),
    sa.Column("password", sa.String(255), nullable=False),
    sa.Column("email", name(254), nullable=False, unique=True),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    **OPTIONS,
)
tokens = sa.Table(
    "remember_tokens",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.Integer, nullable=False, index=True),
    sa.Column("expires", sa.DateTime, nullable=False),
    mysql_charset="utf8mb4",
    mariadb_charset="utf8mb4",
)
log = sa.Table(
    "log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account_id", sa.Integer, nullable=False),
    sa.Column("line", sa.Text, nullable=False),
    **OPTIONS,
)
metadata.create_all(engine)


def note(connection, account_id, line):
    connection.execute(log.insert().values(account_id=account_id, line=f"{now()} {line}"))


# ------------------------------------------------------------------ who is there


def now():
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def mark(account):
    return hmac.new(app.secret_key.encode(), account.password.encode(), "sha1").hexdigest()


def digest(token):
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@app.before_request
def find_account():
    g.account, g.token = None, None
    with engine.begin() as connection:
        number, expected = session.get("account"), session.get("mark")
        if isinstance(number, int) and 0 < number < 2**31:
            found = connection.execute(accounts.select().where(accounts.c.id == number)).first()
            if found and found.active and hmac.compare_digest(mark(found), str(expected)):
                g.account = found
                return
        token = request.cookies.get("stay")
        if token:
            row = connection.execute(
                sa.select(accounts)
                .join(tokens, tokens.c.account_id == accounts.c.id)
                .where(tokens.c.digest == digest(token))
                .where(tokens.c.expires > now().replace(tzinfo=None))
            ).first()
            if row and row.active:
                begin_session(row, fresh=False)


def begin_session(account, fresh):
    session.clear()
    session.update(account=account.id, mark=mark(account), fresh=fresh)
    session["visit"] = read_visit()
    g.visit = True
    g.account = account


def members_only(view):
    @functools.wraps(view)
    def guarded(*args, **kwargs):
        if g.account is None:
            if request.method not in ("GET", "HEAD"):
                abort(403)
            flash("You have to log in first.")
            wanted = request.full_path.removesuffix("?")
            return redirect(url_for("login") + "?" + urllib.parse.urlencode({"back": wanted}))
        return view(*args, **kwargs)

    return guarded


def way_back():
    back = request.values.get("back", "")
    good = re.match(r"/(dashboard|password)(\?[A-Za-z0-9&=._-]*)?\Z", back)
    return back if good else url_for("dashboard")


# ------------------------------------------------------------------ last visit


def seal(text):
    return hmac.new(app.secret_key.encode(), b"visit" + text.encode(), "sha256").hexdigest()


def read_visit():
    text, _, signature = request.cookies.get("visit", "").rpartition("~")
    if not hmac.compare_digest(seal(text).encode(), signature.encode("utf-8", "replace")):
        return None
    when = datetime.datetime.fromisoformat(text)
    return text if now() - when < LAST_VISIT else None


@app.after_request
def finish(response):
    response.headers["Cache-Control"] = "no-store, private"
    if g.get("visit"):
        text = now().isoformat()
        response.set_cookie(
            "visit", f"{text}~{seal(text)}", LAST_VISIT, httponly=True, samesite="Strict"
        )
    if g.get("token"):
        response.set_cookie("stay", g.token, REMEMBERED, httponly=True, samesite="Lax")
    return response


# ------------------------------------------------------------------ pages


@app.get("/")
def home():
    return redirect(url_for("dashboard" if g.account else "login"))


@app.route("/register", methods=("GET", "POST"))
def register():
    if g.account:
        return redirect(url_for("dashboard"))
    form = {key: request.form.get(key, "").strip() for key in ("name", "mail")}
    errors = []
    if request.method == "POST":
        one, two = request.form.get("pass1", ""), request.form.get("pass2", "")
        if not re.fullmatch(r"[\w.-]{1,50}", form["name"], re.ASCII):
            errors.append("This name will not do.")
        if len(form["mail"]) > 254 or not re.fullmatch(r"[^@\s<>\"']+@[^@\s<>\"']+", form["mail"]):
            errors.append("This address will not do.")
        if not 8 <= len(one) <= 200 or one != two:
            errors.append("The passwords differ, or are too short or too long.")
        if not errors:
            values = dict(
                username=form["name"], email=form["mail"], password=generate_password_hash(one)
            )
            try:
                with engine.begin() as connection:
                    made = connection.execute(accounts.insert().values(values))
                    number = made.inserted_primary_key[0]
                    query = accounts.select().where(accounts.c.id == number)
                    begin_session(connection.execute(query).one(), fresh=True)
                flash("Done: you have an account.")
                return redirect(url_for("dashboard"), 303)
            except sa.exc.IntegrityError:
                errors.append("Somebody has this name or address already.")
    return render_template("register.html", form=form, errors=errors), 422 if errors else 200


DUMMY = generate_password_hash(secrets.token_hex())


@app.route("/login", methods=("GET", "POST"))
def login():
    if g.account and session["fresh"]:
        return redirect(way_back())
    error, typed = None, request.form.get("who", "").strip()
    if request.method == "POST":
        password = request.form.get("secret", "")
        with engine.begin() as connection:
            query = accounts.select().where(accounts.c.email == typed)
            found = connection.execute(query).first()
            right = check_password_hash(found.password if found else DUMMY, password)
            if found and right and found.active:
                old = digest(request.cookies.get("stay", ""))
                connection.execute(tokens.delete().where(tokens.c.digest == old))
                begin_session(found, fresh=True)
                note(connection, found.id, "in")
                response = redirect(way_back())
                response.delete_cookie("stay")
                if request.form.get("stay") == "yes":
                    g.token = secrets.token_urlsafe(32)
                    connection.execute(
                        tokens.insert().values(
                            digest=digest(g.token),
                            account_id=found.id,
                            expires=(now() + REMEMBERED).replace(tzinfo=None),
                        )
                    )
                return response
        error = "That is not right."
    page = render_template("login.html", error=error, typed=typed, back=request.values.get("back"))
    return page, 401 if error else 200


@app.post("/logout")
def logout():
    with engine.begin() as connection:
        if g.account:
            note(connection, g.account.id, "out")
        token = digest(request.cookies.get("stay", ""))
        connection.execute(tokens.delete().where(tokens.c.digest == token))
    session.clear()
    response = redirect(url_for("login"))
    response.delete_cookie("stay")
    return response


@app.get("/dashboard")
@members_only
def dashboard():
    return render_template("dashboard.html", account=g.account, visit=session.get("visit"))


@app.route("/password", methods=("GET", "POST"))
@members_only
def password():
    if not session["fresh"]:
        flash("Please type your password once more.")
        return redirect(url_for("login", back="/password"))
    error = None
    if request.method == "POST":
        new = request.form.get("new", "")
        if not check_password_hash(g.account.password, request.form.get("old", "")):
            error = "Your old password is another one."
        elif not 8 <= len(new) <= 200 or new != request.form.get("repeat"):
            error = "The new passwords differ, or are too short or too long."
        else:
            with engine.begin() as connection:
                mine = accounts.c.id == g.account.id
                connection.execute(
                    accounts.update().where(mine).values(password=generate_password_hash(new))
                )
                connection.execute(tokens.delete().where(tokens.c.account_id == g.account.id))
            session.clear()
            flash("Changed. Please log in with your new password.")
            return redirect(url_for("login"))
    return render_template("password.html", error=error)


@app.errorhandler(sa.exc.OperationalError)
def down(error):
    app.logger.error("database", exc_info=error)
    return "<!doctype html><title>Later</title><p>Please try again later.</p>", 503
