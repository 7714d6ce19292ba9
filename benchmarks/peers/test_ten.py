"""Ten checks of step 1 for plain pytest: the app in pytest's own process, Flask's test client.

Started in the submission's folder: ``python -m pytest …/test_ten.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

sys.path.insert(1, str(Path(__file__).parent))
import ground
from ten import INJECTIONS, MISSING, NAME, PASSWORD, UNKNOWN, WRONG, is_as_it_should, login_form

FOLDER = Path.cwd()


@pytest.fixture
def app() -> Flask:
    """The app, imported anew, on an empty database."""
    ground.empty_database(FOLDER)
    return ground.imported(FOLDER).app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def account(app: Flask) -> None:
    ground.add_account(NAME, PASSWORD)


@pytest.fixture(scope="session", autouse=True)
def tidy() -> Iterator[None]:
    yield
    ground.drop_database()


def log_in(client: FlaskClient, username: str, password: str, follow: bool = True) -> TestResponse:
    form = {"username": username, "password": password}
    return client.post("/login", data=form, follow_redirects=follow)


def logged_in(client: FlaskClient) -> bool:
    page = client.get("/", follow_redirects=True)
    assert page.status_code < 500
    return login_form(page.text) is None


def expect_refused(client: FlaskClient, username: str, password: str) -> None:
    blank = client.get("/login").text
    page = log_in(client, username, password)
    assert page.status_code < 500
    assert not logged_in(client)
    assert page.text != blank
    assert password not in page.text


def test_app_starts(app: Flask) -> None:
    assert isinstance(app, Flask)


def test_login_form(client: FlaskClient) -> None:
    page = client.get("/login")
    assert page.status_code == 200
    assert is_as_it_should(login_form(page.text))


def test_home_needs_login(client: FlaskClient) -> None:
    page = client.get("/", follow_redirects=True)
    assert page.status_code < 400
    assert login_form(page.text) is not None


def test_right_password(client: FlaskClient, account: None) -> None:
    assert log_in(client, NAME, PASSWORD).status_code == 200
    assert logged_in(client)
    assert NAME in client.get("/", follow_redirects=True).text


def test_redirect_home(client: FlaskClient, account: None) -> None:
    assert log_in(client, NAME, PASSWORD, follow=False).status_code in (302, 303)


def test_wrong_password(client: FlaskClient, account: None) -> None:
    expect_refused(client, NAME, WRONG)


def test_unknown_user(client: FlaskClient, account: None) -> None:
    expect_refused(client, UNKNOWN, PASSWORD)


def test_same_error(app: Flask, account: None) -> None:
    known = log_in(app.test_client(), NAME, WRONG)
    unknown = log_in(app.test_client(), UNKNOWN, WRONG)
    assert known.status_code == unknown.status_code
    assert known.text.replace(NAME, "") == unknown.text.replace(UNKNOWN, "")


@pytest.mark.usefixtures("account")
def test_injection_login(app: Flask) -> None:
    for username, password in INJECTIONS:
        client = app.test_client()
        assert log_in(client, username, password).status_code < 500
        assert not logged_in(client)


@pytest.mark.usefixtures("account")
def test_missing_fields(app: Flask) -> None:
    for form in MISSING:
        client = app.test_client()
        assert client.post("/login", data=form).status_code < 500
        assert not logged_in(client)
