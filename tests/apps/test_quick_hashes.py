"""Where the cost of a hash is not the question it costs nothing, and is a hash all the same."""

import json

import pytest
from werkzeug.test import Client

from checker.apps.jail import Jail, preload_for
from checker.apps.limits import Limits
from checker.apps.submission import Submission

#: True hashes take their time, on a busy machine a long one.
PATIENT = Limits(request_seconds=30)
APP = b"""
import time
from flask import Flask, jsonify
import argon2
import bcrypt
from werkzeug.security import check_password_hash, generate_password_hash

app = Flask(__name__)
hasher = argon2.PasswordHasher(time_cost=4)


def make(password, method):
    if method == "bcrypt":
        return bcrypt.hashpw(password.encode(), bcrypt.gensalt(11)).decode()
    if method == "argon2":
        return hasher.hash(password)
    return generate_password_hash(password, method)


def fits(hashed, password):
    if hashed.startswith("$2b$"):
        return bcrypt.checkpw(password.encode(), hashed.encode())
    if hashed.startswith("$argon2"):
        try:
            return hasher.verify(hashed, password)
        except argon2.exceptions.VerifyMismatchError:
            return False
    return check_password_hash(hashed, password)


@app.get("/<path:method>")
def hashed(method):
    begin = time.process_time()
    one = make("correct horse", method)
    seconds = time.process_time() - begin
    return jsonify(
        one=one,
        two=make("correct horse", method),
        right=fits(one, "correct horse"),
        wrong=fits(one, "Correct horse"),
        empty=fits(one, ""),
        cheaper=fits(one.replace("$11$", "$10$").replace("t=4", "t=3"), "correct horse"),
        seconds=seconds,
    )


@app.get("/odd/<path:stored>")
def odd(stored):
    said = []
    for check in (
        lambda: bcrypt.checkpw(b"x", stored.encode()),
        lambda: hasher.verify(stored, "x"),
        lambda: bcrypt.hashpw("text", bcrypt.gensalt()),
        lambda: bcrypt.hashpw(b"x" * 100, bcrypt.gensalt(4)),
    ):
        try:
            said.append(repr(check()))
        except BaseException as error:
            said.append(f"{type(error).__name__}: {error}")
    return jsonify(said)
"""
#: What stands before the salt of a hash, by the method that made it.
BEGINS = {
    "scrypt:131072:8:1": "scrypt:131072:8:1$",
    "scrypt:32768:8:3": "scrypt:32768:8:3$",
    "pbkdf2:sha256:600000": "pbkdf2:sha256:600000$",
    "bcrypt": "$2b$11$",
    "argon2": "$argon2id$v=19$m=65536,t=4,p=4$",
}
ODD = ("nothing", "$2b$99$aaaaaaaaaaaaaaaaaaaaaa", "$2b$12$short", "$argon2id$v=19$m=1,t=1,p=1$")
Answers = dict[str, dict[str, object]]


def answers(*, quick: bool) -> tuple[Answers, list[object]]:
    """Return what the app says of each method, and of what is no hash."""
    submission = Submission({"app.py": APP})
    with (
        Jail(preload_for(submission), limits=PATIENT) as jail,
        jail.start(submission, {}, quick_hashes=quick) as app,
    ):
        client = Client(app, use_cookies=False)
        return (
            {method: json.loads(client.get(f"/{method}").text) for method in BEGINS},
            [json.loads(client.get(f"/odd/{stored}").text) for stored in ODD],
        )


@pytest.fixture(scope="module")
def quick() -> tuple[Answers, list[object]]:
    return answers(quick=True)


@pytest.fixture(scope="module")
def true() -> tuple[Answers, list[object]]:
    return answers(quick=False)


@pytest.mark.parametrize("which", ["quick", "true"])
def test_a_hash_checks_its_own_password_and_no_other(
    which: str, request: pytest.FixtureRequest
) -> None:
    for method, said in request.getfixturevalue(which)[0].items():
        assert (said["right"], said["wrong"], said["empty"]) == (True, False, False), method
        assert said["one"] != said["two"], "every hash has a salt of its own"
        assert str(said["one"]).startswith(BEGINS[method])
        if method in ("bcrypt", "argon2"):
            assert not said["cheaper"], "another cost gives another hash"


def test_hashes_are_as_long_and_errors_the_same(
    quick: tuple[Answers, list[object]], true: tuple[Answers, list[object]]
) -> None:
    for method, said in quick[0].items():
        assert len(str(said["one"])) == len(str(true[0][method]["one"])), method
    assert quick[1] == true[1]


def test_quick_hashes_cost_a_small_part_of_true_ones(
    quick: tuple[Answers, list[object]], true: tuple[Answers, list[object]]
) -> None:
    for method in BEGINS:
        seconds = (float(str(said[0][method]["seconds"])) for said in (quick, true))
        assert next(seconds) * 5 < next(seconds), method
