"""The pages of step 01, starter and solution: valid HTML, labelled, and never without an answer.

No database is needed: its socket is set to one that does not exist.
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from justhtml import JustHTML

from tests.lessons.sources import ROOT

STARTER = ROOT / "steps/01-raw-mysql-login"
SOLUTION = ROOT / "solutions/01-raw-mysql-login"


@pytest.fixture
def solution(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """Return the solution's module, imported afresh, with a database that is not there."""
    monkeypatch.setenv("SECRET_KEY", "only for this test")
    monkeypatch.setenv("MYSQL_HOST", "localhost")
    monkeypatch.setenv("MYSQL_UNIX_SOCKET", str(tmp_path / "no.sock"))
    specification = importlib.util.spec_from_file_location("solution_01", SOLUTION / "app.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    monkeypatch.setitem(sys.modules, "solution_01", module)
    specification.loader.exec_module(module)
    return module


def assert_valid(page: str) -> JustHTML:
    """Fail unless the page is HTML without parse errors, in a named language, with a title."""
    document = JustHTML(page, sanitize=False, collect_errors=True)
    assert document.errors == []
    assert 'html lang="en"' in page and "<title>" in page
    return document


def test_the_login_page_is_valid_and_its_fields_are_labelled(solution):
    page = solution.app.test_client().get("/login")
    assert page.status_code == 200
    document = assert_valid(page.text)
    for field in document.query("input"):
        assert len(document.query(f"label[for={field.attrs['id']}]")) == 1
        assert field.attrs["autocomplete"]


def test_an_error_is_announced_and_what_was_typed_is_escaped(solution):
    with solution.app.test_request_context("/login"):
        page = solution.render_template("login.html", error="Wrong.", username='"><b>Ada')
    document = assert_valid(page)
    assert [box.to_text() for box in document.query("[role=alert]")] == ["Wrong."]
    assert document.query("b") == []


def test_the_home_page_greets_whom_the_session_names(solution):
    client = solution.app.test_client()
    with client.session_transaction() as session:
        session["username"] = "O'Brien <ada@home>"
    document = assert_valid(client.get("/").text)
    assert document.query("h1")[0].to_text() == "Hello, O'Brien <ada@home>!"


def test_a_database_that_is_down_is_a_plain_page_and_a_line_in_the_log(solution, caplog, tmp_path):
    page = solution.app.test_client().post("/login", data={"username": "ada", "password": "x"})
    assert page.status_code == 503
    assert_valid(page.text)
    assert str(tmp_path) not in page.text
    assert "Can.t connect" in caplog.text.replace("'", ".")


def test_a_request_that_is_too_large_is_refused(solution):
    page = solution.app.test_client().post("/login", data={"username": "a" * 100_000})
    assert page.status_code == 413


def test_the_solution_does_not_start_without_a_secret_key():
    result = flask("routes", SOLUTION)
    assert result.returncode != 0
    assert "KeyError: 'SECRET_KEY'" in result.stderr


def test_the_starter_starts_without_any_setting():
    result = flask("routes", STARTER)
    assert result.returncode == 0, result.stderr
    assert "/login" in result.stdout


@pytest.mark.parametrize(
    "path, text", [("/login", "The login form is not written yet."), ("/", "not written yet")]
)
def test_the_pages_of_the_starter_say_what_is_missing(path, text):
    script = f"from app import app; print(app.test_client().get({path!r}).text)"
    result = run([sys.executable, "-B", "-c", script], STARTER)
    assert_valid(result.stdout)
    assert text in result.stdout


def test_the_files_that_are_ready_are_the_same_in_starter_and_solution():
    for name in ("schema.sql", "static/style.css", "templates/unavailable.html"):
        assert (STARTER / name).read_bytes() == (SOLUTION / name).read_bytes()


def flask(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of Flask's in a folder, with none of the app's settings set."""
    return run([sys.executable, "-B", "-m", "flask", command], folder)


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with none of the app's settings set."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FLASK_", "MYSQL_")) and name != "SECRET_KEY"
    }
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
