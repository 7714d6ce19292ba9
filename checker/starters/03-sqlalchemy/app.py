# TODO 1 (lesson: One address for every database): import models and SQLAlchemy.
"""Accounts on MySQL: register, log in by e-mail or username, see one guarded page, log out."""

import hmac
import os
import re

from flask import Flask, flash, redirect, render_template, request, session, url_for
from flask_mysqldb import MySQL
from MySQLdb import IntegrityError, OperationalError

# End of TODO 1.

# TODO 2 (lesson: One address for every database): one address, and the tables.
app = Flask(__name__)
app.config.update(
    # No default here: without a key of its own the app must not start.
    SECRET_KEY=os.environ["SECRET_KEY"],
    # A form that another site sends comes without the cookie. Step 07 adds tokens to be sure.
    SESSION_COOKIE_SAMESITE="Lax",
    # Nobody needs more than 64 KiB to log in; a larger request gets a 413 page.
    MAX_CONTENT_LENGTH=64 * 1024,
    MYSQL_HOST=os.environ.get("MYSQL_HOST", "localhost"),
    MYSQL_PORT=int(os.environ.get("MYSQL_PORT", "3306")),
    MYSQL_UNIX_SOCKET=os.environ.get("MYSQL_UNIX_SOCKET"),
    MYSQL_USER=os.environ.get("MYSQL_USER"),
    MYSQL_PASSWORD=os.environ.get("MYSQL_PASSWORD"),
    MYSQL_DB=os.environ.get("MYSQL_DB", "pythonlogin"),
    # The extension's default, "utf8", has no emoji: typing one would be a server error.
    MYSQL_CHARSET="utf8mb4",
    MYSQL_CURSORCLASS="DictCursor",
)
mysql = MySQL(app)
# End of TODO 2.

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


# TODO 3 (lesson: Add and find accounts): objects instead of SQL.
def add_account(username, email, password):
    """Store a new account and return its id, or None if its username or e-mail is taken."""
    cursor = mysql.connection.cursor()
    try:
        cursor.execute(
            "INSERT INTO accounts (username, email, password) VALUES (%s, %s, %s)",
            (username, email, password),
        )
    except IntegrityError:
        # The table decides, by UNIQUE. Had we asked it first, two visitors could have asked
        # at the same moment, and both would have been told that the name is free.
        return None
    mysql.connection.commit()
    return cursor.lastrowid


def find_account(email_or_username):
    """Return the account with this e-mail address or username as a dictionary, or None."""
    cursor = mysql.connection.cursor()
    # The driver quotes the values, so that whatever was typed stays one piece of text.
    cursor.execute(
        "SELECT id, password, active FROM accounts WHERE email = %s OR username = %s",
        (email_or_username, email_or_username),
    )
    return cursor.fetchone()


def is_password_of(account, password):
    """Tell whether the password is exactly the one stored with the account."""
    # Compared here and not in SQL, where "secret" = "SECRET". Step 04 replaces the plain text.
    return hmac.compare_digest(account["password"].encode(), password.encode())


def log_in(account_id):
    """Begin a new session, in which nothing is left of the one before."""
    session.clear()
    session["account_id"] = account_id


def current_account():
    """Return the account that is logged in as a dictionary, or None."""
    if "account_id" not in session:
        return None
    # Asked at every request: the account may have been deleted since.
    cursor = mysql.connection.cursor()
    cursor.execute(
        "SELECT username, email FROM accounts WHERE id = %s",
        (session["account_id"],),
    )
    return cursor.fetchone()


# End of TODO 3.


# TODO 4 (lesson: The views): accounts are objects now.
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
            account_id = add_account(username, email, password)
            if account_id is not None:
                log_in(account_id)
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

        if account is not None and is_password_of(account, password) and account["active"]:
            log_in(account["id"])
            return redirect(url_for("dashboard"))

        # One message for every case: a stranger must not learn which accounts exist.
        flash("Wrong e-mail address, username or password.", "error")

    return render_template("login.html", email_or_username=email_or_username)


# End of TODO 4.


# By POST alone: a link would log people out whenever a browser or another page fetches it.
@app.route("/logout", methods=["POST"])
def logout():
    """End the session."""
    session.clear()
    flash("You are logged out.", "status")
    return redirect(url_for("login"))


# TODO 5 (lesson: The views): strangers get a page of their own.
@app.route("/")
def index():
    """Lead to the dashboard or, whoever is not logged in, to the login form."""
    if current_account() is None:
        return redirect(url_for("login"))

    return redirect(url_for("dashboard"))


# End of TODO 5.


@app.route("/dashboard")
def dashboard():
    """Show the account its own page; lead everybody else to the login form."""
    account = current_account()
    if account is None:
        return redirect(url_for("login"))

    return render_template("dashboard.html", account=account)


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
