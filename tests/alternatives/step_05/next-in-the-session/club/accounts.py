"""Coming and going."""

import re
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from sqlalchemy.exc import IntegrityError
from werkzeug.security import check_password_hash, generate_password_hash

from .people import NOBODY, Person, db, write_down

accounts = Blueprint("accounts", __name__)


def enter(person, then):
    """Begin a session; only the page asked for may come over from the one before."""
    session.clear()
    if not login_user(person):
        return None
    write_down(person, "came")
    return redirect(then)


def wanted():
    """The page that Flask-Login noted. It wrote it itself, yet a path is all that is taken of it."""
    noted = urlsplit(session.get("next") or "")
    if not re.fullmatch(r"/[a-z]*", noted.path):
        return url_for("members.dashboard")
    return noted.path + (f"?{noted.query}" if noted.query else "")


@accounts.route("/login", methods=["GET", "POST"])
def login():
    if current_user.is_authenticated:
        return redirect(url_for("members.dashboard"))
    if request.method == "POST":
        who = request.form.get("login", "").strip()
        found = db.select(Person).where((Person.username == who) | (Person.email == who))
        person = db.session.scalars(found).one_or_none()
        typed = request.form.get("password", "")
        if check_password_hash(person.password if person else NOBODY, typed) and person:
            answer = enter(person, wanted())
            if answer is not None:
                return answer
        flash("Login and password do not belong together.", "bad")
    return render_template("login.html")


@accounts.route("/register", methods=["GET", "POST"])
def register():
    if current_user.is_authenticated:
        return redirect(url_for("members.dashboard"))
    wrong = {}
    if request.method == "POST":
        form = request.form
        username, email = form.get("username", "").strip(), form.get("email", "").strip()
        if not re.fullmatch("[A-Za-z0-9][A-Za-z0-9_.-]{0,49}", username):
            wrong["username"] = "At most 50 letters, digits, and _ . - after the first."
        if len(email) > 254 or not re.fullmatch(r"[!#-&(-;=?A-\[\]-~]+@[A-Za-z0-9.-]+", email):
            wrong["email"] = "An address has an @ in it, and no blanks."
        if not 8 <= len(form.get("password", "")) <= 128:
            wrong["password"] = "Between 8 and 128 characters."
        elif form.get("password") != form.get("repeated"):
            wrong["repeated"] = "Not the same."
        if not wrong:
            person = Person(
                username=username, email=email, password=generate_password_hash(form["password"])
            )
            db.session.add(person)
            try:
                db.session.commit()
            except IntegrityError:
                db.session.rollback()
                wrong["username"] = "There is an account with this name or address."
            else:
                flash("Welcome to the club.", "good")
                kept = session.get("_flashes")
                answer = enter(person, url_for("members.dashboard"))
                session["_flashes"] = kept
                return answer
    return render_template("register.html", wrong=wrong)


@accounts.post("/logout")
def logout():
    if current_user.is_authenticated:
        write_down(current_user, "went")
        logout_user()
        session.clear()
    return redirect(url_for("accounts.login"))
