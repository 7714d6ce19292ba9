# TODO 1 (lesson: Hash and check): import what is new.
"""Accounts on SQLAlchemy: register, log in by e-mail or username, see one page, log out."""

import hmac
import os
import re

from flask import Flask, flash, redirect, render_template, request, session, url_for
from models import Account, db
from sqlalchemy.exc import IntegrityError, OperationalError

# End of TODO 1.

app = Flask(__name__)
app.config.update(
    # No default here: without a key of its own the app must not start.
    SECRET_KEY=os.environ["SECRET_KEY"],
    # A form that another site sends comes without the cookie. Step 07 adds tokens to be sure.
    SESSION_COOKIE_SAMESITE="Lax",
    # Nobody needs more than 64 KiB to log in; a larger request gets a 413 page.
    MAX_CONTENT_LENGTH=64 * 1024,
    # A file in the instance folder, or for example mysql+mysqldb://user:password@localhost/name.
    SQLALCHEMY_DATABASE_URI=os.environ.get("DATABASE_URL", "sqlite:///pythonlogin.db"),
    # Connections are kept and used again. Ask first whether the server has closed one.
    SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True},
)
db.init_app(app)

with app.app_context():
    # Makes the tables that are missing, and leaves those that are there as they are.
    db.create_all()


# TODO 2 (lesson: Rules for both pages): rules and checking move out; store a hash.
# Plain letters: many others look the same to people, or are the same to SQL. And no @, so that
# nobody's username is somebody else's e-mail address.
USERNAME = re.compile(r"[A-Za-z0-9_.-]{1,50}")
# What browsers accept in <input type="email">.
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


def problems_with(username, email, password, confirmation):
    """Return what is wrong with a registration, as messages for the visitor."""
    problems = []
    if not USERNAME.fullmatch(username):
        problems.append("A username has 1 to 50 letters, digits, dots, hyphens or underscores.")
    if len(email) > 254 or not EMAIL.fullmatch(email):
        problems.append("Please enter an e-mail address like ada@example.com.")
    # Of any kind: length makes a password strong, rules about digits and signs do not.
    if not 8 <= len(password) <= 128:
        problems.append("A password has 8 to 128 characters.")
    if password != confirmation:
        problems.append("The two passwords are not the same.")
    return problems


def add_account(username, email, password):
    """Store a new account and return it, or None if its username or e-mail is taken."""
    account = Account(username=username, email=email, password=password)
    db.session.add(account)
    try:
        db.session.commit()
    except IntegrityError:
        # The table decides, by UNIQUE. Had we asked it first, two visitors could have asked
        # at the same moment, and both would have been told that the name is free.
        db.session.rollback()
        return None
    return account


def find_account(email_or_username):
    """Return the account with this e-mail address or username, or None."""
    is_either = (Account.email == email_or_username) | (Account.username == email_or_username)
    return db.session.scalar(db.select(Account).where(is_either))


def is_password_of(account, password):
    """Tell whether the password is exactly the one stored with the account."""
    # Compared here and not in SQL, where "secret" = "SECRET". Step 04 replaces the plain text.
    return hmac.compare_digest(account.password.encode(), password.encode())


# End of TODO 2.


def log_in(account):
    """Begin a new session, in which nothing is left of the one before."""
    session.clear()
    session["account_id"] = account.id


def current_account():
    """Return the account that is logged in, or None."""
    if "account_id" not in session:
        return None
    # Asked at every request: the account may have been deleted since.
    return db.session.get(Account, session["account_id"])


# TODO 3 (lesson: Accounts of step 3): ask the new rules; renew old passwords.
@app.route("/register", methods=["GET", "POST"])
def register():
    """Show the form; on POST, check what was typed, store the account and log it in."""
    if current_account() is not None:
        return redirect(url_for("dashboard"))

    # A blank before or after a name is a slip of the finger; in a password it is a character.
    username = request.form.get("username", "").strip()
    email = request.form.get("email", "").strip()

    if request.method == "POST":
        password = request.form.get("password", "")
        confirmation = request.form.get("confirmation", "")
        problems = problems_with(username, email, password, confirmation)

        if not problems:
            account = add_account(username, email, password)
            if account is not None:
                log_in(account)
                flash("Your account is ready, and you are logged in.", "status")
                # A redirect, so that reloading the next page does not register again.
                return redirect(url_for("dashboard"))
            problems.append("This username or e-mail address is already taken.")

        for problem in problems:
            flash(problem, "error")

    return render_template("register.html", username=username, email=email)


@app.route("/login", methods=["GET", "POST"])
def login():
    """Show the form; on POST, check what was typed and log in."""
    # Trimmed exactly as in register().
    email_or_username = request.form.get("email_or_username", "").strip()

    if request.method == "POST":
        password = request.form.get("password", "")
        account = find_account(email_or_username)

        if account is not None and is_password_of(account, password) and account.active:
            log_in(account)
            return redirect(url_for("dashboard"))

        # One message for every case: a stranger must not learn which accounts exist.
        flash("Wrong e-mail address, username or password.", "error")

    return render_template("login.html", email_or_username=email_or_username)


# End of TODO 3.


# By POST alone: a link would log people out whenever a browser or another page fetches it.
@app.route("/logout", methods=["POST"])
def logout():
    """End the session."""
    session.clear()
    flash("You are logged out.", "status")
    return redirect(url_for("login"))


@app.route("/")
def index():
    """Welcome a stranger; lead to the dashboard whoever is logged in."""
    if current_account() is not None:
        return redirect(url_for("dashboard"))

    return render_template("index.html")


@app.route("/dashboard")
def dashboard():
    """Show the account its own page; lead everybody else to the login form."""
    account = current_account()
    if account is None:
        return redirect(url_for("login"))

    return render_template("dashboard.html", account=account)


# TODO 4 (lesson: Change the password): the page for it.


@app.after_request
def forbid_storing(response):
    """Keep pages out of the browser's memory: Back must not show them after logging out."""
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


@app.errorhandler(OperationalError)
def database_unavailable(error):
    """Say that the database cannot be used; the reason goes to the log, not to the page."""
    app.logger.error("The database cannot be used.", exc_info=error)
    return render_template("unavailable.html"), 503
