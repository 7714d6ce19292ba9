"""When this browser was here before."""

import os
import time
from datetime import UTC, datetime

from flask import current_app, g, request, session
from flask_login import user_loaded_from_cookie, user_logged_in
from itsdangerous import BadSignature, URLSafeTimedSerializer

DAYS = int(os.environ.get("LAST_VISIT_DAYS", 30))


def serializer():
    return URLSafeTimedSerializer(current_app.secret_key, salt="seen")


def visit(app, user):
    if "seen_before" in session:
        return
    try:
        when = serializer().loads(request.cookies.get("seen", ""), max_age=DAYS * 86400)
        session["seen_before"] = datetime.fromtimestamp(when, UTC).isoformat()
    except BadSignature:
        session["seen_before"] = None
    g.has_visited = True


def keep(response):
    if g.get("has_visited"):
        value = serializer().dumps(int(time.time()))
        response.set_cookie("seen", value, max_age=DAYS * 86400, httponly=True, samesite="Lax")
    return response


def init_app(app):
    user_logged_in.connect(visit, app)
    user_loaded_from_cookie.connect(visit, app)
    app.after_request(keep)
