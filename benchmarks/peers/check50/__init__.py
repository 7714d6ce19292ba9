"""Ten checks of step 1 for check50, with its own Flask helper.

Started in the submission's folder: ``check50 --dev …/check50 --output json``. check50 asks checks
that do not wait for each other side by side, each in a copy of the files.
"""

import sys
from pathlib import Path

import check50
import check50.flask

sys.path.insert(1, str(Path(__file__).resolve().parent.parent))
import ground
from ten import INJECTIONS, MISSING, NAME, PASSWORD, UNKNOWN, WRONG


def new_app(*, account=False):
    """Import the app anew, on an empty database."""
    folder = Path.cwd()
    ground.empty_database(folder)
    ground.forget(folder.parent)
    app = check50.flask.app("app.py")
    app._client.application.testing = False  # what is raised is a 500, as with the other peers
    if account:
        ground.add_account(NAME, PASSWORD)
    return app


def somebody_else(app):
    """Return a client of the same app with no cookies."""
    other = object.__new__(check50.flask.app)
    other._client, other.response = app._client.application.test_client(), None
    return other


def log_in(app, username, password):
    app.post("/login", data={"username": username, "password": password})
    if app.status() >= 500:
        raise check50.Failure(f"logging in was answered with {app.status()}")
    return app


def has_login_form(app):
    return bool(app.content().find_all("input", type="password"))


def expect_stranger(app):
    if not has_login_form(app.get("/")):
        raise check50.Failure("somebody is logged in")


def expect_refused(app, username, password):
    blank = app.get("/login").raw_content().decode()
    page = log_in(app, username, password).raw_content().decode()
    expect_stranger(app)
    if page == blank:
        raise check50.Failure("the page has no message")
    if password in page:
        raise check50.Failure("the page shows the password")


@check50.check()
def app_starts():
    """The app can be found and started."""
    new_app()


@check50.check(app_starts)
def login_form():
    """The login page shows a form that sends the password by POST."""
    page = new_app().get("/login").status(200).content()
    forms = [form for form in page.find_all("form") if form.find("input", type="password")]
    if not forms or (forms[0].get("method") or "").lower() != "post":
        raise check50.Failure("there is no form that is sent by POST")
    for name in ("username", "password"):
        if forms[0].find("input", attrs={"name": name}) is None:
            raise check50.Missing(name, str(forms[0]))


@check50.check(login_form)
def home_needs_login():
    """Without a login, the home page leads to the login form."""
    app = new_app().get("/").status(200)
    if not has_login_form(app):
        raise check50.Failure("there is no login form")


@check50.check(login_form)
def right_password():
    """The right name and password log you in, and the home page greets you by name."""
    app = log_in(new_app(account=True), NAME, PASSWORD).status(200)
    if has_login_form(app.get("/")):
        raise check50.Failure("nobody is logged in")
    app.raw_content(NAME)


@check50.check(right_password)
def redirect_home():
    """A successful login answers with a redirect."""
    app = new_app(account=True)
    form = {"username": NAME, "password": PASSWORD}
    if app._send("POST", "/login", form, None, follow_redirects=False).status() not in (302, 303):
        raise check50.Failure("the answer is no redirect")


@check50.check(right_password)
def wrong_password():
    """A wrong password is refused with a message."""
    expect_refused(new_app(account=True), NAME, WRONG)


@check50.check(right_password)
def unknown_user():
    """A name without an account is refused with a message."""
    expect_refused(new_app(account=True), UNKNOWN, PASSWORD)


@check50.check(wrong_password)
def same_error():
    """A wrong password and an unknown name get the same answer."""
    known = log_in(new_app(account=True), NAME, WRONG)
    unknown = log_in(somebody_else(known), UNKNOWN, WRONG)
    pages = (
        known.raw_content().decode().replace(NAME, ""),
        unknown.raw_content().decode().replace(UNKNOWN, ""),
    )
    if known.status() != unknown.status() or pages[0] != pages[1]:
        raise check50.Mismatch(*pages)


@check50.check(wrong_password)
def injection_login():
    """No SQL typed into the form logs anybody in."""
    app = new_app(account=True)
    for username, password in INJECTIONS:
        expect_stranger(log_in(somebody_else(app), username, password))


@check50.check(right_password)
def missing_fields():
    """A missing or empty field is refused like any other wrong input."""
    app = new_app(account=True)
    for form in MISSING:
        other = somebody_else(app)
        if other.post("/login", data=form).status() >= 500:
            raise check50.Failure("a missing field was answered with a server error")
        expect_stranger(other)
