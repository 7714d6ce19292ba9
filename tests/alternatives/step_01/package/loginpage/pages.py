"""Pages for those who are logged in."""

from functools import wraps

from flask import Blueprint, redirect, render_template, session, url_for

blueprint = Blueprint("pages", __name__)


def members_only(view):
    @wraps(view)
    def guarded(*args, **kwargs):
        if "account" in session:
            return view(*args, **kwargs)
        return redirect(url_for("auth.login"))

    return guarded


@blueprint.route("/")
@members_only
def home():
    return render_template("home.html", account=session["account"])
