"""Small apps for the visitor to walk through. All of them are real WSGI apps in this process."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from checker.visitor import Page, Visitor

PATHS = {
    "home": "/",
    "login": "/login",
    "register": "/register",
    "dashboard": "/dashboard",
    "logout": "/logout",
    "password": "/password",
}


@pytest.fixture
def visit() -> Callable[..., Visitor]:
    """Make a visitor for a WSGI app."""

    def make(app: Any, **options: Any) -> Visitor:
        return Visitor(app, {**PATHS, **options.pop("paths", {})}, **options)

    return make


@pytest.fixture
def flask_app() -> Flask:
    app = Flask("submission")
    app.secret_key = "for these tests only"
    return app


@pytest.fixture
def show(visit: Callable[..., Visitor]) -> Callable[..., Page]:
    """Open a page with the given body, as if an app had sent it."""

    def open_page(
        body: str | bytes,
        content_type: str | None = "text/html; charset=utf-8",
        path: str = "/page",
    ) -> Page:
        data = body.encode() if isinstance(body, str) else body

        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            headers = [] if content_type is None else [("Content-Type", content_type)]
            start_response("200 OK", headers)
            return [data]

        return visit(app).open(path)

    return open_page


class Recorder:
    """A WSGI app that answers every GET with one page and keeps what is sent to it."""

    def __init__(self, page: str, content_type: str = "text/html; charset=utf-8") -> None:
        self.page = page
        self.content_type = content_type
        self.environ: dict[str, Any] = {}
        self.body = b""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.environ = environ
        self.body = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Type", self.content_type)])
        return [self.page.encode()]

    @property
    def text(self) -> str:
        return self.body.decode()


@pytest.fixture
def recorder() -> type[Recorder]:
    return Recorder
