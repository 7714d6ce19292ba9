"""Who is logged in: Flask-Login's set-up, and the log of who came and went."""

# TODO 4 (lesson: Log in for a month): import what is new; name the view for a fresh login.
import re

from flask import request, session, url_for
from flask_login import LoginManager, login_user, user_logged_in, user_logged_out
from models import Account, SignIn, db

login_manager = LoginManager()
login_manager.login_view = "login"
login_manager.login_message = "Please log in to see this page."
login_manager.login_message_category = "status"

# End of TODO 4.

# A page of this site. Browsers read //evil.example and /\evil.example as the address of another,
# and leave out tabs and line breaks before they look.
LOCAL = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f\x7f-\x9f]*")


# TODO 12 (lesson: Tokens that die with the password): compare the mark.
@login_manager.user_loader
def load_account(account_id):
    """Return the account whose id a session holds, or None if there is none."""
    try:
        return db.session.get(Account, int(account_id))
    except (TypeError, ValueError, OverflowError):
        return None


# End of TODO 12.


# TODO 5 (lesson: Log in for a month): forget the one before; remember this one.
def log_in(account):
    """Begin a new session, if the account is active; tell whether it is."""
    session.clear()
    return login_user(account)


# End of TODO 5.


def page_after_login():
    """Return where to go after logging in: the page asked for, if it is one of ours."""
    target = request.values.get("next", "")
    return target if LOCAL.fullmatch(target) else url_for("dashboard")


@user_logged_in.connect
def record_login(app, user):
    """Write a line into the sign-in log."""
    db.session.add(SignIn(account_id=user.id, event="login"))
    db.session.commit()


# TODO 8 (lesson: Log out): note only those who were logged in.
@user_logged_out.connect
def record_logout(app, user):
    """Write a line into the sign-in log."""
    db.session.add(SignIn(account_id=user.id, event="logout"))
    db.session.commit()


# End of TODO 8.
