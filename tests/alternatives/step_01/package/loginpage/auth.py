"""Logging in."""

from flask import Blueprint, redirect, render_template, request, session, url_for

from . import accounts

blueprint = Blueprint("auth", __name__)


@blueprint.route("/login", methods=("GET", "POST"))
def login():
    if request.method == "GET":
        return render_template("login.html")
    account = accounts.by_name(request.form.get("username", "").strip())
    if account and account["password"] == request.form.get("password"):
        session.clear()
        session["account"] = {"id": account["id"], "name": account["name"]}
        return redirect(url_for("pages.home"))
    return render_template("login.html", error="Wrong name or password"), 400
