"""The values of next= are what their file says of them, to browsers and to Werkzeug."""

import ast
import re
from urllib.parse import urlsplit, urlunsplit

import pytest
from flask import Flask, redirect, request

from checker.course import ROOT
from checker.suites.next_vectors import Vector, load
from checker.visitor import resolve

PAGE = "http://localhost/login"
VECTORS = load()
#: Python 3.11.10, 3.12.4 and 3.13 no longer add or take slashes (python/cpython#67693).
KEEPS_SLASHES = urlunsplit(urlsplit("////x")) == "////x"


def rule_of(solution: str) -> re.Pattern[str]:
    """Return the regular expression LOCAL of a solution."""
    tree = ast.parse((ROOT / "solutions" / solution / "logins.py").read_text("utf-8"))
    [call] = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LOCAL"
    ]
    assert isinstance(call, ast.Call)
    return re.compile(ast.literal_eval(call.args[0]))


def opened(location: str) -> str:
    """Return the address that a browser on the login page opens for a Location."""
    url = resolve(PAGE, location).url
    return "" if url is None else str(url)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: ascii(vector.value)[:40])
def test_browsers_and_flask_make_of_it_what_the_file_says(vector: Vector) -> None:
    assert opened(vector.value) == vector.browser
    app = Flask(__name__)
    with app.test_request_context(PAGE):
        try:
            sent = redirect(vector.value).get_wsgi_headers(request.environ)["Location"]
        except ValueError as error:
            assert vector.raises in {kind.__name__ for kind in type(error).__mro__}
            return
    assert not vector.raises
    recorded = vector.value if vector.location is None else vector.location
    if sent == recorded:
        assert opened(sent) == (vector.browser if vector.then is None else vector.then)
    else:
        # Werkzeug sends what it got, or an address of ours.
        assert KEEPS_SLASHES
        assert sent == vector.value.replace("\\", "%5C")
        assert opened(sent) == vector.browser or resolve(PAGE, sent).is_same_site
        assert vector.verdict == "refuse"


@pytest.mark.parametrize("solution", ["05-flask-login", "06-remember-me"])
def test_the_rule_of_the_solutions_refuses_and_keeps_what_it_should(solution: str) -> None:
    rule = rule_of(solution)
    kept = {vector.value for vector in VECTORS if rule.fullmatch(vector.value)}
    assert kept >= {vector.value for vector in VECTORS if vector.verdict == "keep"}
    assert not kept & {vector.value for vector in VECTORS if vector.verdict == "refuse"}


def test_what_must_be_refused_leads_away_or_nowhere_or_crashes() -> None:
    for vector in VECTORS:
        ends = [vector.browser, vector.browser if vector.then is None else vector.then]
        stays = all(resolve(PAGE, end).is_same_site and end for end in ends) and not vector.raises
        assert stays == (vector.verdict != "refuse"), vector


def test_no_value_stands_there_twice() -> None:
    assert len({vector.value for vector in VECTORS}) == len(VECTORS) > 100


@pytest.mark.parametrize(
    "rule",
    [
        lambda value: True,
        lambda value: value.startswith("/"),
        lambda value: value.startswith("/") and not value.startswith("//"),
        lambda value: value.startswith("/") and value[1:2] not in ("/", "\\"),
        lambda value: "//" not in value,
        lambda value: value.startswith(("http://localhost", "/")),
        lambda value: "evil" not in value,
        lambda value: not value.startswith(("http:", "https:", "//")),
    ],
)
def test_a_filter_that_looks_right_fails_at_one_of_the_first(rule) -> None:
    passed = [vector for vector in VECTORS if vector.first and rule(vector.value)]
    assert any(leads_away(vector) for vector in passed)


def leads_away(vector: Vector) -> bool:
    """Whether whoever hands the value to redirect() loses the visitor, or crashes."""
    end = vector.browser if vector.then is None else vector.then
    return bool(vector.raises) or not resolve(PAGE, end).is_same_site
