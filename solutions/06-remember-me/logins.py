"""Who is logged in: Flask-Login's set-up, and the log of who came and went."""

import re

from flask import request, session, url_for
from flask_login import (
    LoginManager,
    login_user,
    logout_user,
    user_logged_in,
    user_logged_out,
)
from models import Account, SignIn, db

login_manager = LoginManager()
login_manager.login_view = "login"
login_manager.login_message = "Please log in to see this page."
login_manager.login_message_category = "status"
# Who came back by the remember cookie is asked for the password where it matters.
login_manager.refresh_view = "login"
login_manager.needs_refresh_message = "Please log in again: this page asks for it."
login_manager.needs_refresh_message_category = "status"

# A page of this site. Browsers read //evil.example and /\evil.example as the address of another,
# and leave out tabs and line breaks before they look.
LOCAL = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f\x7f-\x9f]*")


@login_manager.user_loader
def load_account(token):
    """Return the account of a session or remember cookie, or None if its token is not valid."""
    try:
        account = db.session.get(Account, int(str(token).partition(".")[0]))
    except (ValueError, OverflowError):
        return None
    # The mark in the token is of the password that was right when it was made.
    return account if account is not None and account.get_id() == token else None


def log_in(account, remember):
    """Begin a new session, if the account is active; tell whether it is."""
    session.clear()
    # Also forgets whom this browser remembered until now.
    logout_user()
    return login_user(account, remember)


def page_after_login():
    """Return where to go after logging in: the page asked for, if it is one of ours."""
    target = request.values.get("next", "")
    return target if LOCAL.fullmatch(target) else url_for("dashboard")


@user_logged_in.connect
def record_login(app, user):
    """Write a line into the sign-in log."""
    db.session.add(SignIn(account_id=user.id, event="login"))
    db.session.commit()


@user_logged_out.connect
def record_logout(app, user):
    """Write a line into the sign-in log."""
    if user.is_authenticated:
        db.session.add(SignIn(account_id=user.id, event="logout"))
        db.session.commit()
