"""What lesson 6 shows: the remember cookie that Flask-Login makes of a bare id."""

from flask import Flask
from flask_login import LoginManager, UserMixin, login_user

_SHOWN = 24


class Person(UserMixin):
    """Somebody whose get_id() is UserMixin's."""

    id = 1
    password = "first"


def cookie_of_an_id() -> str:
    """Return the remember cookie of two logins with a new password in between."""
    app = Flask(__name__)
    app.secret_key = "only for this demonstration"
    person = Person()
    LoginManager(app).user_loader(lambda account_id: person)

    @app.post("/login")
    def login():
        login_user(person, remember=True)
        return ""

    lines = []
    for when, password in (("first login", "first"), ("with a new password", "second")):
        person.password = password
        client = app.test_client()
        client.post("/login")
        cookie = client.get_cookie("remember_token")
        assert cookie is not None
        number, _, signature = cookie.decoded_value.partition("|")
        lines.append(f"{when:<22}{number}|{signature[:_SHOWN]}…")
    return "\n".join(lines)
