"""Coming and going."""

import re

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import (
    confirm_login,
    current_user,
    fresh_login_required,
    login_required,
    login_user,
    logout_user,
    user_logged_in,
    user_logged_out,
)
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from werkzeug.security import check_password_hash, generate_password_hash

from .extensions import db
from .forms import ConfirmForm, EmptyForm, LoginForm, PasswordForm, RegistrationForm
from .models import Event, User

blueprint = Blueprint("auth", __name__)
NOBODY = generate_password_hash("nobody's password")


def wanted_page():
    target = request.args.get("next", "")
    if re.fullmatch(r"/[\w./?&=%+~-]*", target, re.ASCII) and not target.startswith("//"):
        return target
    return url_for("pages.dashboard")


def enter(user, remember=False):
    session.clear()
    logout_user()
    return login_user(user, remember=remember)


@blueprint.route("/register", methods=["GET", "POST"])
def register():
    if current_user.is_authenticated:
        return redirect(url_for("pages.dashboard"))
    form = RegistrationForm()
    if form.validate_on_submit():
        user = User(
            username=form.username.data,
            email=form.email.data,
            password=generate_password_hash(form.password.data),
        )
        db.session.add(user)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            form.username.errors = ["This name or address is taken."]
        else:
            enter(user)
            flash("Welcome! Your account was created.")
            return redirect(url_for("pages.dashboard"))
    return render_template("form.html", form=form, title="Register")


@blueprint.route("/login", methods=["GET", "POST"])
def login():
    if current_user.is_authenticated:
        return redirect(wanted_page())
    form = LoginForm()
    if form.validate_on_submit():
        typed = (form.identifier.data or "").lower()
        query = select(User).where(
            (func.lower(User.email) == typed) | (func.lower(User.username) == typed)
        )
        user = db.session.scalar(query)
        right = check_password_hash(user.password if user else NOBODY, form.password.data or "")
        if user and right and enter(user, form.remember_me.data):
            return redirect(wanted_page(), 303)
        flash("Sorry, that did not work.", "danger")
    return render_template("form.html", form=form, title="Sign in")


@blueprint.route("/confirm", methods=["GET", "POST"])
@login_required
def confirm():
    form = ConfirmForm()
    if form.validate_on_submit():
        if check_password_hash(current_user.password, form.password.data or ""):
            confirm_login()
            return redirect(wanted_page())
        flash("Sorry, that did not work.", "danger")
    return render_template("form.html", form=form, title="Is it you?")


@blueprint.route("/password", methods=["GET", "POST"])
@fresh_login_required
def password():
    form = PasswordForm()
    if form.validate_on_submit():
        user = db.session.get(User, current_user.id)
        if check_password_hash(user.password, form.current.data or ""):
            user.password = generate_password_hash(form.password.data)
            db.session.commit()
            login_user(user)
            flash("Saved.")
            return redirect(url_for("pages.dashboard"))
        form.current.errors = ["That is not it."]
    return render_template("form.html", form=form, title="Change password")


@blueprint.post("/logout")
def logout():
    if current_user.is_authenticated and EmptyForm().validate_on_submit():
        session.clear()
        logout_user()
    return redirect(url_for(".login"))


@user_logged_in.connect
def note_login(app, user):
    db.session.add(Event(user_id=user.id, what="in"))
    db.session.commit()


@user_logged_out.connect
def note_logout(app, user):
    if user.is_authenticated:
        db.session.add(Event(user_id=user.id, what="out"))
        db.session.commit()
