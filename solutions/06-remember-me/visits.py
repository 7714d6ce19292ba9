"""When this browser was here before, as a signed cookie."""

from flask import after_this_request, current_app, request, session
from flask_login import user_loaded_from_cookie, user_logged_in
from itsdangerous import BadSignature, TimestampSigner


def init_app(app):
    """Count visits to this app: each begins with a login, or a return by the remember cookie."""
    user_logged_in.connect(begin_visit, app)
    user_loaded_from_cookie.connect(begin_visit, app)


def time_of_previous_visit():
    """Return when the last visit of this browser began, in UTC, or None at its first."""
    days = current_app.config["LAST_VISIT_LIFETIME"]
    cookie = request.cookies.get("last_visit", "")
    try:
        return signer().unsign(cookie, max_age=days.total_seconds(), return_timestamp=True)[1]
    except BadSignature:
        # No cookie, an old one, or one that somebody else wrote.
        return None


def signer():
    """Return what signs the cookie, and writes the time into the signature."""
    return TimestampSigner(current_app.secret_key, salt="last-visit")


def begin_visit(app, user):
    """Keep the time of the previous visit for the dashboard, and note the time of this one."""
    # A new password logs in again, in the middle of a visit.
    if "previous_visit" not in session:
        session["previous_visit"] = time_of_previous_visit()
        after_this_request(note_visit)


def note_visit(response):
    """Give the browser the cookie that the next visit will read."""
    response.set_cookie(
        "last_visit",
        signer().sign("visit").decode(),
        max_age=current_app.config["LAST_VISIT_LIFETIME"],
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response
