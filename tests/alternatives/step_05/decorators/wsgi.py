"""Every view guarded by its decorator; the account's properties written by hand."""

import os
from urllib.parse import unquote

from flask import Flask, abort, flash, redirect, render_template, request, session, url_for
from flask_login import (
    LoginManager,
    current_user,
    login_required,
    login_user,
    logout_user,
    signals,
)
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.security import check_password_hash, generate_password_hash

db = SQLAlchemy()
login = LoginManager()
login.login_view = "sign_in"
login.session_protection = "strong"
OPTIONS = {"sqlite_autoincrement": True, "mysql_charset": "utf8mb4"}


class User(db.Model):
    __tablename__ = "accounts"
    __table_args__ = OPTIONS

    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(
        db.String(50).with_variant(db.String(50, "NOCASE"), "sqlite"), unique=True, nullable=False
    )
    email = db.Column(
        db.String(254).with_variant(db.String(254, "NOCASE"), "sqlite"), unique=True, nullable=False
    )
    password = db.Column(db.String(255), nullable=False)
    active = db.Column(db.Boolean, nullable=False, server_default=db.true())

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self):
        return bool(self.active)

    def get_id(self):
        return str(self.id)


class Event(db.Model):
    __table_args__ = OPTIONS

    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.String(400), nullable=False)


@login.user_loader
def load(number):
    if not number.isdecimal() or not number.isascii() or len(number) > 18:
        return None
    return db.session.scalars(db.select(User).filter_by(id=int(number), active=True)).first()


def write(sender, user, **extra):
    if isinstance(user, User):
        what = "out" if request.endpoint == "sign_out" else "in"
        db.session.add(Event(text=f"{user.username} {what}"))
        db.session.commit()


signals.user_logged_in.connect(write)
signals.user_logged_out.connect(write)


def create_app():
    app = Flask(__name__)
    app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "sqlite:///users.db")
    app.config["MAX_CONTENT_LENGTH"] = 50_000
    db.init_app(app)
    login.init_app(app)
    with app.app_context():
        db.create_all()
    return app


app = create_app()


def back_or_home():
    """Only pages that this app has: the address is taken apart by the app's own map."""
    wanted = request.args.get("next", "")
    path, mark, query = wanted.partition("?")
    own = {url_for(name) for name in ("dashboard", "password")}
    if path in own and query.isprintable() and "\\" not in unquote(query):
        return path + mark + query
    return url_for("dashboard")


@app.route("/")
def home():
    return render_template("home.html")


@app.route("/join", methods=["GET", "POST"])
def join():
    if current_user.is_authenticated:
        return redirect(url_for("dashboard"))
    error = None
    if request.method == "POST":
        try:
            name, mail = request.form["name"].strip(), request.form["mail"].strip()
            one, two = request.form["one"], request.form["two"]
        except KeyError:
            abort(400)
        plain = name.replace("_", "").replace("-", "").replace(".", "")
        if not 1 <= len(name) <= 50 or (plain and not (plain.isalnum() and plain.isascii())):
            error = "Letters, digits, and . _ - make a name."
        elif len(mail) > 254 or mail.count("@") != 1 or set(mail) & set(" \t\n<>\"'"):
            error = "No such address."
        elif not 8 <= len(one) <= 128:
            error = "8 to 128 characters, please."
        elif one != two:
            error = "Type the same password twice."
        else:
            user = User(username=name, email=mail, password=generate_password_hash(one))
            db.session.add(user)
            try:
                db.session.commit()
            except IntegrityError:
                db.session.rollback()
                error = "Taken."
            else:
                session.clear()
                login_user(user)
                flash("You have joined.")
                return redirect(url_for("dashboard"))
    return render_template("join.html", error=error)


@app.route("/sign-in", methods=["GET", "POST"])
def sign_in():
    if current_user.is_authenticated:
        return redirect(back_or_home())
    if request.method == "POST":
        mail = request.form.get("mail", "").strip()
        user = db.session.scalars(db.select(User).filter_by(email=mail)).first()
        stored = user.password if user else NOBODY
        if check_password_hash(stored, request.form.get("key", "")) and user:
            session.clear()
            if login_user(user):
                return redirect(back_or_home(), code=303)
            flash("This account is disabled.")
        else:
            flash("No account has this address and this password.")
        # Back to the form, and not to forget where to.
        return redirect(request.full_path)
    return render_template("sign_in.html")


NOBODY = generate_password_hash("nobody")


@app.route("/sign-out", methods=["POST"])
@login_required
def sign_out():
    logout_user()
    session.clear()
    return redirect(url_for("sign_in"))


@app.route("/dashboard")
@login_required
def dashboard():
    return render_template("dashboard.html")


@app.route("/account/password", methods=["GET", "POST"])
@login_required
def password():
    if request.method == "POST":
        old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
        if not check_password_hash(current_user.password, old):
            flash("Wrong password.")
        elif not 8 <= len(new) <= 128 or new != again:
            flash("8 to 128 characters, the same twice.")
        else:
            current_user.password = generate_password_hash(new)
            db.session.commit()
            session.clear()
            logout_user()
            return redirect(url_for("sign_in"))
    return render_template("password.html")


@app.after_request
def no_store(response):
    response.headers["Cache-Control"] = "no-cache, no-store, must-revalidate"
    return response


@app.errorhandler(OperationalError)
def no_database(error):
    app.logger.error("no database", exc_info=error)
    return "<title>Closed</title><p>We are closed for a moment.", 503
