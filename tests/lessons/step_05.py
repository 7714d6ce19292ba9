"""What lesson 5 shows: what is left in a session after ``logout_user()``."""

from flask import Flask, session
from flask_login import LoginManager, UserMixin, login_user, logout_user


class Person(UserMixin):
    id = 1


def session_after_logout() -> str:
    """Return the names of a session's entries before and after."""
    app = Flask(__name__)
    app.secret_key = "only for this demonstration"
    LoginManager(app).user_loader(lambda account_id: Person())
    with app.test_request_context():
        session["basket"] = ["tea"]
        login_user(Person())
        before = sorted(session)
        logout_user()
        after = sorted(session)
    return f"logged in             {', '.join(before)}\nafter logout_user()   {', '.join(after)}"
