"""What only members see."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from sqlalchemy.exc import OperationalError
from werkzeug.security import check_password_hash, generate_password_hash

from .people import db

members = Blueprint("members", __name__)


@members.before_request
@login_required
def members_only():
    """One guard for the whole blueprint."""


@members.get("/")
def home():
    return redirect(url_for("members.dashboard"))


@members.get("/dashboard")
def dashboard():
    return render_template("dashboard.html")


@members.route("/password", methods=["GET", "POST"])
def password():
    if request.method == "POST":
        old, new, repeated = (request.form.get(key, "") for key in ("old", "new", "repeated"))
        if not check_password_hash(current_user.password, old):
            flash("The old password is not right.", "bad")
        elif not 8 <= len(new) <= 128:
            flash("Between 8 and 128 characters.", "bad")
        elif new != repeated:
            flash("Not the same.", "bad")
        else:
            current_user.password = generate_password_hash(new)
            db.session.commit()
            flash("You have a new password.", "good")
            return redirect(url_for("members.dashboard"))
    return render_template("password.html")


@members.after_app_request
def keep_nothing(response):
    response.headers["Cache-Control"] = "no-store"
    return response


@members.app_errorhandler(OperationalError)
def no_database(error):
    current_app.logger.error("no database", exc_info=error)
    return "<!doctype html><title>Closed</title><p>The club is closed at the moment.</p>", 503
