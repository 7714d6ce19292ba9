"""No check passes on an app that answers everything alike, but those that may.

``vacuous.toml`` lists what may pass, with the reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from checker.apps.submission import Submission
from checker.audit.findings import Finding, Subject
from checker.audit.trying import course, tried
from checker.audit.workers import warm_bench
from checker.course import Step
from checker.verdicts.outcomes import SCORING

STARTERS = Path(__file__).parents[1] / "starters"
FILE = Path(__file__).with_name("vacuous.toml")

_APP = """\
from flask import Flask, redirect, request

app = Flask(__name__)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@app.route("/", defaults={"path": ""}, methods=METHODS)
@app.route("/<path:path>", methods=METHODS)
def everything(path):
    return ANSWER
"""
#: Every form that a step may have, none of which does anything.
_FORMS = "".join(
    f'<form method="post" action="/{name}">{fields}<button>Go</button></form>'
    for name, fields in {
        "login": '<input name="username"><input name="password" type="password">',
        "register": '<input name="username"><input name="email" type="email">'
        '<input name="password" type="password"><input name="again" type="password">',
        "password": '<input name="current" type="password"><input name="new" type="password">'
        '<input name="again" type="password">',
        "logout": "",
    }.items()
)
_ANSWERS = {
    "404": '("Nothing here.", 404)',
    "500": '("Something went wrong.", 500)',
    "empty-200": '""',
    "redirect-to-itself": "redirect(request.full_path)",
    "every-form": repr(f"<!doctype html><title>Forms</title>{_FORMS}"),
}
#: The page that the starter shows, whatever it is asked.
_FROZEN = """\
import app as starter

app = starter.app
answer = app.wsgi_app


def frozen(environ, start_response):
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": "/login", "QUERY_STRING": "", "HTTP_COOKIE": ""}
    return answer({**environ, **asked}, start_response)


app.wsgi_app = frozen
"""


def subjects(step: Step) -> Iterator[Subject]:
    """Return the apps, each with all databases of the step together and with each alone.

    Not alone with a database that the step adds: an app that does not use it is asked the earlier
    checks on the others only.
    """
    before = course()[max(step.number - 2, 0)].databases
    alone = [kind for kind in step.databases if kind in before or not step.databases_by]
    kinds = dict.fromkeys((" and ".join(step.databases), *alone))
    for name in (*_ANSWERS, "frozen-starter"):
        for kind in kinds:
            yield Subject("vacuity", step.number, f"{name} on {kind}")


def prove(subject: Subject) -> Finding:
    """Run every check; what passes has to be allowed."""
    name, _, kinds = subject.name.partition(" on ")
    databases = kinds.split(" and ")
    results = tried(subject.step, app(name, subject.step), warm_bench(), databases=databases)
    passed = results.ended(*SCORING)
    vacuous = [check for check in passed if check not in allowed(name)]
    if vacuous:
        problem = f"passes vacuously: {', '.join(vacuous)}"
        return Finding("vacuity", subject.step, subject.name, "vacuous", problem, passed)
    return Finding("vacuity", subject.step, subject.name, "refused", "", passed)


def app(name: str, step: int) -> Submission:
    """Return one of the apps."""
    if name == "frozen-starter":
        starter = Submission.read(STARTERS / course()[step - 1].name)
        return Submission(starter.files | {"wsgi.py": _FROZEN.encode()})
    return Submission({"app.py": _APP.replace("ANSWER", _ANSWERS[name]).encode()})


def allowed(name: str) -> frozenset[str]:
    """Return the checks that may pass on an app."""
    return frozenset(check for check, apps in _may_pass().items() if name in apps)


@cache
def _may_pass() -> dict[str, list[str]]:
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["may_pass"]
    return {entry["check"]: entry["apps"] for entry in entries}
