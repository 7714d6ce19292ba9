"""Where the cost of a hash is not the question it costs nothing, and is a hash all the same."""

import json

import pytest
from werkzeug.test import Client

from checker.apps.jail import Jail, preload_for
from checker.apps.submission import Submission

APP = b"""
import time
from flask import Flask, jsonify
from werkzeug.security import check_password_hash, generate_password_hash

app = Flask(__name__)


@app.get("/<path:method>")
def hashed(method):
    begin = time.process_time()
    one = generate_password_hash("correct horse", method)
    seconds = time.process_time() - begin
    return jsonify(
        one=one,
        two=generate_password_hash("correct horse", method),
        right=check_password_hash(one, "correct horse"),
        wrong=check_password_hash(one, "Correct horse"),
        empty=check_password_hash(one, ""),
        seconds=seconds,
    )
"""
METHODS = ("scrypt:131072:8:1", "scrypt:32768:8:3", "pbkdf2:sha256:600000")


def answers(*, quick: bool) -> dict[str, dict[str, object]]:
    submission = Submission({"app.py": APP})
    with (
        Jail(preload_for(submission)) as jail,
        jail.start(submission, {}, quick_hashes=quick) as app,
    ):
        client = Client(app, use_cookies=False)
        return {method: json.loads(client.get(f"/{method}").text) for method in METHODS}


@pytest.mark.parametrize("quick", [True, False])
def test_a_hash_checks_its_own_password_and_no_other(quick: bool) -> None:
    for method, said in answers(quick=quick).items():
        assert (said["right"], said["wrong"], said["empty"]) == (True, False, False)
        assert said["one"] != said["two"], "every hash has a salt of its own"
        assert str(said["one"]).startswith(f"{method}$")


def test_quick_hashes_cost_a_small_part_of_true_ones() -> None:
    quick, true = answers(quick=True), answers(quick=False)
    for method in METHODS:
        assert float(str(quick[method]["seconds"])) * 5 < float(str(true[method]["seconds"]))
