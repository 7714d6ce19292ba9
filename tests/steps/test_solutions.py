"""What the solutions do with settings, drivers and databases of their own, and on their way up."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from solution_helpers import (
    HASH,
    PASSWORD,
    Databases,
    Person,
    Workbench,
    is_refused,
    messages,
    new_name,
)


def test_accounts_move_up_from_step_to_step(workbench: Workbench, databases: Databases) -> None:
    for settings, steps in (
        (databases.with_schema(), range(2, 7)),
        (databases.sqlite(), range(3, 7)),
    ):
        known: list[str] = []
        for step in steps:
            with workbench.solution(step, settings) as process:
                for someone in known:
                    ada = Person(process)
                    assert ada.log_in(f"{someone}@x.example").status == 302
                    assert someone in ada.get("/dashboard").text
                    assert is_refused(Person(process).log_in(someone, "wrong"))
                    assert messages(Person(process).register(someone.upper())) != []
                new = new_name()
                assert Person(process).register(new).status == 302
                known.append(new)
            rows = databases.execute(settings, "SELECT * FROM accounts ORDER BY id")
            assert [row["username"] for row in rows] == known
            assert all((row["password"] == PASSWORD) == (step < 4) for row in rows)


@pytest.mark.parametrize("driver", ["mysql+pymysql", "mariadb+mysqldb"])
def test_other_drivers_serve_as_well(
    workbench: Workbench, databases: Databases, driver: str
) -> None:
    settings = databases.mysql(driver)
    for step in (3, 6):
        with workbench.solution(step, settings) as process:
            ada, someone = Person(process), new_name()
            assert ada.register(someone).status == 302
            assert messages(Person(process).register(someone.upper())) != []
            assert Person(process).log_in(someone).status == 302
            assert is_refused(Person(process).log_in("\N{PILE OF POO}"))


def test_without_settings_the_database_is_a_file_of_the_instance(workbench: Workbench) -> None:
    for step in range(3, 7):
        with workbench.solution(step, {}) as process:
            assert Person(process).register("ada").status == 302
            assert [path.name for path in (process.folder / "instance").iterdir()] == [
                "pythonlogin.db"
            ]


def test_every_app_loads_without_a_warning_but_not_without_a_key(workbench: Workbench) -> None:
    # Connections that SQLAlchemy keeps for later; Python 3.13 tells of them.
    kept = ("-W", "ignore:unclosed database:ResourceWarning")
    command = [sys.executable, "-B", "-W", "error", *kept, "-c", "import app"]
    keyless = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
    started = [
        subprocess.Popen(command, cwd=workbench.copy(step), env=keyless | key, stderr=-1, text=True)
        for step in range(2, 7)
        for key in ({"SECRET_KEY": "k"}, {})
    ]
    ends = [process.communicate()[1] for process in started]
    assert ends[::2] == [""] * 5
    assert all("KeyError: 'SECRET_KEY'" in end for end in ends[1::2])


def test_a_new_page_without_a_guard_is_open_in_step_04_only(
    workbench: Workbench, databases: Databases
) -> None:
    page = '\n\n@app.route("/new")\ndef new():\n    return "Hello from the new page"\n'
    for step in (4, 5, 6):
        with workbench.solution(step, databases.sqlite(), more=page) as process:
            answer = Person(process).get("/new")
            assert ("Hello" in answer.text) == (step == 4)
            assert step == 4 or answer.location == "/login?next=%2Fnew"


def test_cookies_are_secure_where_the_site_is(workbench: Workbench, databases: Databases) -> None:
    settings = databases.sqlite() | {"SECURE_COOKIES": "1", "LAST_VISIT_DAYS": "7"}
    with workbench.solution(6, settings) as process:
        ada = Person(process)
        ada.register("ada")
        ada.post("/logout")
        cookies = ada.log_in("ada", remember="on").set_cookies
        assert set(cookies) == {"session", "remember_token", "last_visit"}
        for cookie in cookies.values():
            for attribute in ("Secure", "HttpOnly", "SameSite=Lax"):
                assert attribute in cookie
        assert f"Max-Age={7 * 86400}" in cookies["last_visit"]


def test_a_guess_is_as_much_work_as_owasp_asks_for_whoever_it_is_about(
    workbench: Workbench, databases: Databases
) -> None:
    settings = databases.sqlite()
    with workbench.solution(4, settings, fast=False) as process:
        ada = Person(process)
        ada.register("ada")
        [row] = databases.execute(settings, "SELECT password FROM accounts")
        found = re.fullmatch(HASH, row["password"])
        assert found
        assert [int(number) for number in found.groups()] == [2**15, 8, 3]
        # A plain-text row of step 03 must not stand out either.
        databases.execute(
            settings, "INSERT INTO accounts (username, email, password) VALUES ('old', 'o@x', 'x')"
        )
        work = {
            name: Person(process).log_in(name, "wrong password").work
            for name in ("ada", "nobody", "old")
        }
        assert all(0.7 * work["ada"] < other < 1.4 * work["ada"] for other in work.values())
