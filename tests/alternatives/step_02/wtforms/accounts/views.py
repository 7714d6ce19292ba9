"""The pages."""

import hmac

from flask import Blueprint, flash, g, redirect, render_template, session, url_for

from accounts import storage
from accounts.forms import Login, Logout, Registration

bp = Blueprint("accounts", __name__)


@bp.before_app_request
def who_is_there():
    g.account = storage.by_id(session["id"]) if "id" in session else None


def begin(number):
    session.clear()
    session["id"] = number
    session.permanent = True


@bp.route("/")
def home():
    return redirect(url_for("accounts.dashboard" if g.account else "accounts.login"))


@bp.route("/register", methods=["GET", "POST"])
def register():
    if g.account:
        return redirect(url_for("accounts.home"))
    form = Registration()
    if form.validate_on_submit():
        number = storage.create(form.name.data, form.email.data, form.password.data)
        if number is not None:
            begin(number)
            flash(f"Welcome, {form.name.data}!")
            return redirect(url_for("accounts.dashboard"))
        form.name.errors = ["Somebody has this name or this address already."]
    status = 422 if form.is_submitted() else 200
    return render_template("register.html", form=form), status


@bp.route("/login", methods=["GET", "POST"])
def login():
    form = Login()
    wrong = False
    if form.validate_on_submit():
        found = storage.by_email(form.email.data or "")
        typed = (form.password.data or "").encode()
        if found and hmac.compare_digest(found[1].encode(), typed) and found[2]:
            begin(found[0])
            return redirect(url_for("accounts.dashboard"), 303)
    wrong = form.is_submitted()
    return render_template("login.html", form=form, wrong=wrong), 401 if wrong else 200


@bp.route("/logout", methods=["POST"])
def logout():
    if Logout().validate_on_submit():
        session.clear()
    return redirect(url_for("accounts.login"))


@bp.route("/dashboard")
def dashboard():
    if not g.account:
        return redirect(url_for("accounts.login"))
    page = render_template("dashboard.html", account=g.account, form=Logout())
    return page, {"Cache-Control": "private, no-store"}
