# TODO 1 (lesson: The settings): import what is new.
"""Accounts on Flask-Login: register, log in, come back to the page asked for, log out."""

import os

from flask import Flask, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_required, logout_user
from logins import log_in, login_manager, page_after_login
from models import Account, db
from passwords import hash_password, is_password_of, renew_hash
from rules import problems_with_names, problems_with_password
from sqlalchemy.exc import IntegrityError, OperationalError

# End of TODO 1.

# TODO 2 (lesson: The settings): take the settings from their file; count visits.
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
# Without its context processor, which would ask the database for every page, the one about the
# database being down too. The pages that need the account are given it.
login_manager.init_app(app, add_context_processor=False)

# End of TODO 2.

with app.app_context():
    # Makes the tables that are missing, and leaves those that are there as they are.
    db.create_all()

# Every other page needs a login. None is no page: Flask answers 404 or 405.
PUBLIC = {"index", "login", "logout", "register", "static", None}


def add_account(username, email, password):
    """Store a new account and return it, or None if its username or e-mail is taken."""
    account = Account(username=username, email=email, password=hash_password(password))
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


@app.before_request
def require_login():
    """Keep strangers out of every page that is not on the list, however new it is."""
    # Flask-Login 0.6.3 fails at a remember cookie with other letters than ASCII. No such cookie is
    # ours: this makes Flask-Login look away, and tell the browser to drop it.
    if not request.cookies.get("remember_token", "").isascii():
        session["_remember"] = "clear"

    if request.endpoint not in PUBLIC and not current_user.is_authenticated:
        return login_manager.unauthorized()


# TODO 6 (lesson: Log in for a month): ask the box; show the form to whoever is not fresh.
@app.route("/register", methods=["GET", "POST"])
def register():
    """Show the form; on POST, check what was typed, store the account and log it in."""
    if current_user.is_authenticated:
        return redirect(url_for("dashboard"))

    # A blank before or after a name is a slip of the finger; in a password it is a character.
    username = request.form.get("username", "").strip()
    email = request.form.get("email", "").strip()

    if request.method == "POST":
        password = request.form.get("password", "")
        problems = problems_with_names(username, email)
        problems += problems_with_password(password, request.form.get("confirmation", ""))

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
    target = page_after_login()
    if current_user.is_authenticated:
        return redirect(target)

    # Trimmed exactly as in register().
    email_or_username = request.form.get("email_or_username", "").strip()

    if request.method == "POST":
        password = request.form.get("password", "")
        account = find_account(email_or_username)

        if is_password_of(account, password):
            renew_hash(account, password)
            db.session.commit()
            if log_in(account):
                return redirect(target)

        # One message for every case: a stranger must not learn which accounts exist.
        flash("Wrong e-mail address, username or password.", "error")

    return render_template("login.html", email_or_username=email_or_username, next=target)


# End of TODO 6.


# By POST alone: a link would log people out whenever a browser or another page fetches it.
# TODO 7 (lesson: Log out): the order matters now.
@app.route("/logout", methods=["POST"])
def logout():
    """End the session."""
    if current_user.is_authenticated:
        # Flask-Login takes only its own keys out of the session.
        session.clear()
        logout_user()
    flash("You are logged out.", "status")
    return redirect(url_for("login"))


# End of TODO 7.


@app.route("/")
def index():
    """Welcome a stranger; lead to the dashboard whoever is logged in."""
    if current_user.is_authenticated:
        return redirect(url_for("dashboard"))

    return render_template("index.html")


# TODO 13 (lesson: The last visit): hand it to the template.
@app.route("/dashboard")
@login_required
def dashboard():
    """Show the account its own page."""
    return render_template("dashboard.html", account=current_user)


# End of TODO 13.


# TODO 9 (lesson: A fresh login for the password): ask for it; then log in anew.
@app.route("/password", methods=["GET", "POST"])
@login_required
def change_password():
    """Show the form; on POST, check the current password and store the new one."""
    if request.method == "POST":
        password = request.form.get("new_password", "")
        problems = problems_with_password(password, request.form.get("confirmation", ""))
        # Asked again: whoever finds a browser logged in must not be able to take the account.
        if not is_password_of(current_user, request.form.get("current_password", "")):
            problems.append("That is not your current password.")

        if not problems:
            current_user.password = hash_password(password)
            db.session.commit()
            flash("Your password is changed.", "status")
            return redirect(url_for("dashboard"))

        for problem in problems:
            flash(problem, "error")

    return render_template("password.html")


# End of TODO 9.


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
