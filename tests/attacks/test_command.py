"""`python3 -m checker attack`, as a student types it."""

import json
from pathlib import Path

import pytest
from attack_apps import COURSE

from checker.attacks import ATTACKS
from checker.cli import main

HOSTILE = """
from flask import Flask, redirect, request, session
app = Flask(__name__)
app.secret_key = "x" * 32
FORM = "<form method=post><input name=username><input name=password type=password><button>"

@app.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "POST":
        session["name"] = request.form["username"]
        return redirect("/")
    return FORM

@app.route("/")
def home():
    if "name" not in session:
        return redirect("/login")
    return "\\x1b[2J\\x1b]0;owned\\x07[red]Hello, " + session["name"] + "!\\u202e"
"""


def test_without_a_name_it_lists_the_attacks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attack"]) == 0
    told = capsys.readouterr().out
    for attack in ATTACKS:
        assert attack.name in told
        assert attack.title in told
    assert "still to come" in told or len(COURSE) > 6


def test_the_list_for_programs_has_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attack", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in told["attacks"]] == [each.name for each in ATTACKS]
    assert told["attacks"][0]["works_on"] == {"step": 1, "mistake": "f-string"}


def test_against_the_solution_it_fails_and_says_so_with_exit_code_0(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["attack", "sql-login", "--step", "1", "--solution"]) == 0
    told = capsys.readouterr().out
    assert "It did not work." in told
    assert "steps/01-raw-mysql-login/README.md" in told
    assert "--weak" in told


def test_for_programs_it_prints_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attack", "shared-computer", "--step", "1", "--solution", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["worked"] is True
    assert told["attack"] == "shared-computer"
    assert told["step"] == COURSE[0].name
    assert told["database"] == "mariadb"
    assert told["lesson"] == f"steps/{COURSE[1].name}/README.md"
    assert {"done", "sent", "came_back", "means"} == set(told["scenes"][0])


def test_what_the_app_sends_does_nothing_to_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "app.py").write_text(HOSTILE, encoding="utf-8")
    assert main(["attack", "shared-computer", "--step", "1", "--path", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "It worked." in told
    assert "[red]Hello, ada!" in told
    assert not {"\x1b", "\x07", "\u202e"} & set(told)


def test_an_attack_that_does_not_exist_is_misuse_and_the_others_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["attack", "sql-inject"]) == 2
    assert "sql-login" in capsys.readouterr().err


def test_an_attack_that_needs_a_later_step_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attack", "stolen-cookie", "--step", "1", "--solution"]) == 2
    told = capsys.readouterr().err
    assert "from step 4 on" in told
    assert "--weak" in told


def test_an_app_that_does_not_start_is_told_with_its_cause(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "app.py").write_text("import flask\napp = Flask(__name__)\n", encoding="utf-8")
    assert main(["attack", "sql-login", "--step", "1", "--path", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "Flask" in told
    assert "python3 -m checker check 1" in told


def test_an_app_without_a_login_form_is_told_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "app.py").write_text(
        "from flask import Flask\napp = Flask(__name__)\n", encoding="utf-8"
    )
    assert main(["attack", "sql-login", "--step", "1", "--path", str(tmp_path)]) == 2
    assert "login form" in capsys.readouterr().err
