"""A jail that is started once, and apps of a few lines in it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest
from werkzeug.test import Client, TestResponse

from checker.apps.jail import Jail
from checker.apps.limits import MIB, Limits
from checker.apps.remote import RemoteApp
from checker.apps.submission import Submission

#: Small, so that what goes wrong does so soon; not so small that a busy machine does.
SMALL = Limits(memory=640 * MIB, files=16 * MIB, answer=1 * MIB, start_seconds=5, request_seconds=2)
#: Found by an app that wants to speak for Flask: the socket that its answers go through.
CHANNEL = """
import json, os, socket, stat, struct, sys

def channel():
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                return number
        except OSError:
            pass

def frame(header, body=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">2sBII", b"fw", 1, len(text), len(body)) + text + body

def asked():
    caller = sys._getframe()
    while "request" not in caller.f_locals or not hasattr(caller.f_locals["request"], "header"):
        caller = caller.f_back
    return caller.f_locals["request"].header["id"]

def answer(status="200 OK", body=b"forged", **more):
    return frame({"type": "response", "id": asked(), "status": status, "headers": [],
                  "exceptions": [], "too_long": False} | more, body)
"""
_APP = """
from flask import Flask, request, session

app = Flask(__name__)
"""

Start = Callable[..., RemoteApp]


@pytest.fixture(scope="session")
def jails() -> Iterator[Callable[[Limits], Jail]]:
    """Give the jail with certain limits; started once for all tests."""
    with ExitStack() as stack:
        started: dict[Limits, Jail] = {}

        def jail(limits: Limits = SMALL) -> Jail:
            if limits not in started or not started[limits].alive:
                started[limits] = stack.enter_context(Jail(("time_machine",), limits=limits))
            return started[limits]

        yield jail


@pytest.fixture
def start(jails: Callable[[Limits], Jail]) -> Iterator[Start]:
    """Start an app: its views (after ``app = Flask(__name__)``), or all files of a submission."""
    with ExitStack() as stack:

        def start(
            source: str | Mapping[str, str],
            *,
            limits: Limits = SMALL,
            inspect: bool = False,
            **environment: str,
        ) -> RemoteApp:
            submission = submission_of(source)
            app = jails(limits).start(submission, environment, inspect=inspect)
            return stack.enter_context(app)

        yield start


def submission_of(source: str | Mapping[str, str]) -> Submission:
    """Make a submission from the views of one file, or from several files."""
    if isinstance(source, str):
        source = {"app.py": _APP + textwrap.dedent(source)}
    return Submission({name: textwrap.dedent(text).encode() for name, text in source.items()})


@pytest.fixture
def get() -> Callable[..., TestResponse]:
    """Ask an app for a page, with no browser in between."""

    def get(app: RemoteApp, path: str = "/", **more: object) -> TestResponse:
        return Client(app, use_cookies=False).open(path, **more)

    return get


@pytest.fixture
def said(start: Start, get: Callable[..., TestResponse]) -> Callable[..., str]:
    """Run the body of a view in the jail and return what it returns."""

    def said(body: str, **more: object) -> str:
        view = '@app.get("/")\ndef view():\n' + textwrap.indent(textwrap.dedent(body), "    ")
        response = get(start(view, **more))
        assert response.status_code == 200, response.text
        return response.text

    return said
