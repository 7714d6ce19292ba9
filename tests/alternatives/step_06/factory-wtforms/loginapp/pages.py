"""The pages."""

from flask import Blueprint, render_template, session
from flask_login import current_user, login_required

from .forms import EmptyForm

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def index():
    return render_template("index.html")


@blueprint.get("/dashboard")
@login_required
def dashboard():
    return render_template(
        "dashboard.html",
        user=current_user,
        form=EmptyForm(),
        seen_before=session.get("seen_before"),
    )
