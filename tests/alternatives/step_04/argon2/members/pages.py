import re
from functools import wraps

from flask import Blueprint, abort, flash, g, redirect, render_template, request, session, url_for
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from .database import Member, check, db

pages = Blueprint("pages", __name__)


@pages.before_request
def who_is_there():
    g.member = None
    if "member" in session:
        g.member = db.session.get(Member, session["member"])


@pages.after_request
def not_in_the_cache(response):
    response.cache_control.no_store = True
    return response


def members_only(view):
    @wraps(view)
    def guarded(**values):
        if g.member is None:
            if request.method not in ("GET", "HEAD"):
                abort(401)
            return redirect(url_for("pages.login"))
        return view(**values)

    return guarded


def enter(member):
    session.clear()
    session["member"] = member.id


def too_weak(password, again):
    if not 8 <= len(password) <= 256:
        return "A password needs 8 characters."
    if password != again:
        return "Type the same password twice."
    return None


@pages.route("/")
def home():
    return redirect(url_for("pages.dashboard"))


@pages.route("/dashboard")
@members_only
def dashboard():
    return render_template("dashboard.html")


@pages.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "POST":
        name = request.form.get("login", "").strip()
        found = select(Member).where(or_(Member.email == name, Member.username == name))
        member = db.session.scalars(found).first()
        if check(member, request.form.get("secret", "")) and member.active:
            db.session.commit()
            enter(member)
            return redirect(url_for("pages.dashboard"))
        flash("That did not work.")
    return render_template("form.html", title="Log in", fields=LOGIN)


@pages.route("/register", methods=["GET", "POST"])
def register():
    if g.member is not None:
        return redirect(url_for("pages.dashboard"))
    if request.method == "POST":
        form = request.form
        name, email = form.get("nick", "").strip(), form.get("mail", "").strip()
        password = form.get("secret", "")
        problem = too_weak(password, form.get("again", ""))
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,50}", name):
            problem = "Choose another name."
        elif len(email) > 254 or not re.fullmatch(r"[!-?A-~]+@[a-zA-Z0-9.-]+", email):
            problem = "Check the address."
        if problem is None:
            member = Member(username=name, email=email)
            member.set_password(password)
            db.session.add(member)
            try:
                db.session.commit()
            except IntegrityError:
                db.session.rollback()
                problem = "Name or address is taken."
            else:
                enter(member)
                flash("You are a member now.")
                return redirect(url_for("pages.dashboard"))
        flash(problem)
    return render_template("form.html", title="Register", fields=REGISTER)


@pages.route("/password", methods=["GET", "POST"])
@members_only
def password():
    if request.method == "POST":
        new = request.form.get("new", "")
        problem = too_weak(new, request.form.get("again", ""))
        if not check(g.member, request.form.get("old", "")):
            problem = "The old password is wrong."
        if problem is None:
            g.member.set_password(new)
            db.session.commit()
            session.clear()
            flash("Changed. Please log in with it.")
            return redirect(url_for("pages.login"))
        db.session.rollback()
        flash(problem)
    return render_template("form.html", title="Change the password", fields=PASSWORD)


@pages.route("/logout", methods=["POST"])
def logout():
    session.clear()
    return redirect(url_for("pages.login"))


LOGIN = [("login", "Name or e-mail", "text"), ("secret", "Password", "password")]
REGISTER = [
    ("nick", "Name", "text"),
    ("mail", "E-mail", "email"),
    ("secret", "Password", "password"),
    ("again", "The same again", "password"),
]
PASSWORD = [
    ("old", "Old password", "password"),
    ("new", "New password", "password"),
    ("again", "New password again", "password"),
]
