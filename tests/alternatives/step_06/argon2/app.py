"""Passwords by argon2-cffi; those of the step before are checked as Werkzeug made them."""

import os
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import argon2
from flask import Flask, flash, redirect, render_template, request, session
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
from itsdangerous import URLSafeSerializer
from sqlalchemy import func
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.security import check_password_hash


class Base(DeclarativeBase):
    pass


app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite:///argon.db")
app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
app.config["REMEMBER_COOKIE_SAMESITE"] = "Strict"
app.config["REMEMBER_COOKIE_DURATION"] = timedelta(days=30)
app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(hours=12)
app.config["LAST_VISIT_DAYS"] = int(os.environ.get("LAST_VISIT_DAYS", 30))
db = SQLAlchemy(app, model_class=Base)
manager = LoginManager(app)
manager.login_view = manager.refresh_view = "login"
# The least that OWASP asks for: 19 MiB, two rounds.
hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
nobody = hasher.hash("a password that nobody has")


OPTIONS = {"sqlite_autoincrement": True, "mysql_charset": "utf8mb4"}


class Person(UserMixin, db.Model):
    __tablename__ = "accounts"
    __table_args__ = OPTIONS
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(db.String(50), unique=True)
    email: Mapped[str] = mapped_column(db.String(254), unique=True)
    password: Mapped[str] = mapped_column(db.String(255))
    active: Mapped[bool] = mapped_column(default=True, server_default=db.text("1"))
    is_active = property(lambda self: self.active)

    def get_id(self):
        # Changes with the password, and says nothing of it: the salt of the signature is the hash.
        return URLSafeSerializer(app.secret_key, salt=self.password).dumps(self.id)


class Entry(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[int]
    came: Mapped[bool]
    when: Mapped[datetime] = mapped_column(db.DateTime, default=func.now())


# Names are kept as they were typed; an index on the small letters keeps them apart in SQLite.
if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
    for column in (Person.username, Person.email):
        db.Index(f"small_{column.key}", func.lower(column), unique=True)

with app.app_context():
    db.create_all()


@manager.user_loader
def load(token):
    # Only to know whose salt to check it with.
    _, number = URLSafeSerializer(app.secret_key).loads_unsafe(token)
    person = db.session.get(Person, number) if isinstance(number, int) and number < 2**31 else None
    return person if person and person.active and person.get_id() == token else None


def is_right(person, password):
    if person is not None and not person.password.startswith("$argon2"):
        return check_password_hash(person.password, password)
    try:
        return hasher.verify(person.password if person else nobody, password) and person is not None
    except argon2.exceptions.VerifyMismatchError:
        return False


def person_called(typed):
    small = func.lower(typed)
    return db.session.scalars(
        db.select(Person).where((func.lower(Person.email) == small) | (Person.username == typed))
    ).first()


def local(address, otherwise):
    """Built anew from path and query, so that nothing else can be in it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return otherwise
    path = parts.path.lstrip("/")
    is_plain = not parts.scheme and not parts.netloc and path.isascii() and path.isalnum()
    if not address.startswith("/") or not is_plain or not parts.query.isprintable():
        return otherwise
    return f"/{path}?{parts.query}" if parts.query else f"/{path}"


@app.route("/register", methods=["GET", "POST"])
def register():
    if current_user.is_authenticated:
        return redirect("/dashboard")
    values = {name: request.form.get(name, "") for name in ("username", "email", "pw", "pw2")}
    username, email = values["username"].strip(), values["email"].strip()
    if request.method == "GET":
        return render_template("register.html", username="", email="", wrong=[])
    wrong = []
    if not 1 <= len(username) <= 50 or not username.isprintable() or "@" in username:
        wrong.append("a name of 1 to 50 letters")
    if not 3 <= len(email) <= 254 or email.count("@") != 1 or len(email.split()) != 1:
        wrong.append("an e-mail address")
    if not 8 <= len(values["pw"]) <= 1000:
        wrong.append("a password of at least 8 letters")
    if values["pw"] != values["pw2"]:
        wrong.append("the same password twice")
    if not wrong:
        person = Person(username=username, email=email, password=hasher.hash(values["pw"]))
        db.session.add(person)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            wrong.append("a name and an address that nobody has yet")
        else:
            session.clear()
            login_user(person)
            flash("Registered.")
            return redirect("/dashboard")
    return render_template("register.html", username=username, email=email, wrong=wrong), 400


@app.route("/login", methods=["GET", "POST"])
def login():
    target = local(request.args.get("next", ""), "/dashboard")
    if current_user.is_authenticated and session.get("_fresh"):
        return redirect(target)
    if request.method == "POST":
        password = request.form.get("pw", "")
        person = person_called(request.form.get("login", "").strip())
        if is_right(person, password) and person.active:
            if not person.password.startswith("$argon2"):
                person.password = hasher.hash(password)
                db.session.commit()
            session.clear()
            logout_user()
            login_user(person, remember=request.form.get("remember") == "1")
            return redirect(target)
        flash("Login or password is wrong.")
    return render_template("login.html", login=request.form.get("login", ""))


@app.post("/logout")
def logout():
    if current_user.is_authenticated:
        session.clear()
        logout_user()
    return redirect("/login")


@app.get("/")
def home():
    return redirect("/dashboard" if current_user.is_authenticated else "/login")


@app.get("/dashboard")
@login_required
def dashboard():
    return render_template("dashboard.html")


@app.route("/password", methods=["GET", "POST"])
@fresh_login_required
def password():
    if request.method == "POST":
        old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
        if is_right(current_user, old) and new == again and 8 <= len(new) <= 1000:
            person = db.session.get(Person, current_user.id)
            person.password = hasher.hash(new)
            db.session.commit()
            session.clear()
            logout_user()
            flash("Log in with the new password.")
            return redirect("/login")
        flash("That was not right.")
    return render_template("password.html")


def write(came):
    def entry(app, user):
        if user.is_authenticated:
            db.session.add(Entry(person=user.id, came=came))
            db.session.commit()

    return entry


note_coming, note_going = write(True), write(False)
user_logged_in.connect(note_coming)
user_logged_out.connect(note_going)


def last_visit_signer():
    from itsdangerous import TimestampSigner

    return TimestampSigner(app.secret_key, salt="visit")


@user_logged_in.connect
@user_loaded_from_cookie.connect
def arrive(app, user):
    if "before" in session:
        return
    signer, cookie = last_visit_signer(), request.cookies.get("was_here", "")
    age = app.config["LAST_VISIT_DAYS"] * 24 * 60 * 60
    known = signer.validate(cookie, max_age=age)
    session["before"] = known and signer.unsign(cookie, return_timestamp=True)[1].isoformat()
    session["arriving"] = True


@app.after_request
def leave(response):
    response.headers["Cache-Control"] = "no-store"
    if session.pop("arriving", None):
        response.set_cookie(
            "was_here",
            last_visit_signer().sign("x").decode(),
            expires=datetime.now(UTC) + timedelta(days=app.config["LAST_VISIT_DAYS"]),
            httponly=True,
            samesite="Lax",
        )
    return response


@app.errorhandler(DBAPIError)
def unavailable(error):
    app.logger.error("database: %s", error)
    return render_template("sorry.html"), 500
