"""Every solution from step 04 on: hashed passwords, and changing them."""

from __future__ import annotations

import re

import pytest
from solution_helpers import HASH, PASSWORD, Running, from_step, is_refused, messages, new_name


@from_step(4)
def test_passwords_are_stored_as_hashes_from_step_04(app: Running) -> None:
    first, second = new_name(), new_name()
    for someone in (first, second):
        app.person().register(someone)
    rows = app.sql("SELECT password FROM accounts WHERE username IN (%s, %s)", first, second)
    stored = {row["password"] for row in rows}
    assert len(stored) == 2
    assert all(re.fullmatch(HASH, value) for value in stored)
    for value in stored:
        assert is_refused(app.person().log_in(first, value))


@pytest.mark.parametrize(
    ("stored", "typed", "gets_in"),
    [
        ("plain text of step 03", "plain text of step 03", True),
        ("plain text of step 03", "PLAIN TEXT OF STEP 03", False),
        ("scrypt:pass$word", "scrypt:pass$word", True),
        ("$2b$12$abcdefg", "$2b$12$abcdefg", True),
        ("sha256$salt$" + "0" * 64, "sha256$salt$" + "0" * 64, False),
        ("sha256$salt$" + "0" * 64, "secret", False),
        ("scrypt:3:3:3$salt$" + "0" * 128, "secret", False),
        ("pbkdf2:nohash:1$salt$" + "0" * 64, "secret", False),
    ],
)
@from_step(4)
def test_what_else_may_stand_in_the_password_column(
    app: Running, stored: str, typed: str, gets_in: bool
) -> None:
    someone = new_name()
    app.person().register(someone)
    app.sql("UPDATE accounts SET password = %s WHERE username = %s", stored, someone)
    assert app.person().log_in(someone, typed).status == (302 if gets_in else 200)
    [row] = app.sql("SELECT password FROM accounts WHERE username = %s", someone)
    assert bool(re.fullmatch(HASH, row["password"])) == (gets_in or stored.startswith("scrypt:3"))
    assert app.person().log_in(someone, typed).status == (302 if gets_in else 200)
    if row["password"] != stored:
        assert is_refused(app.person().log_in(someone, row["password"]))


@from_step(4)
def test_the_password_is_changed_by_who_knows_it(app: Running) -> None:
    assert str(app.person().get("/password").location).startswith("/login")
    ada, thief, someone = app.person(), app.person(), new_name()
    ada.register(someone)
    thief.cookies = dict(ada.cookies)
    new = "another password, with \N{PILE OF POO}"
    for current, password, confirmation in [
        ("wrong", new, new),
        ("", new, new),
        (PASSWORD, new, new + " "),
        (PASSWORD, "short", "short"),
        (PASSWORD, "x" * 129, "x" * 129),
    ]:
        answer = ada.post(
            "/password",
            current_password=current,
            new_password=password,
            confirmation=confirmation,
        )
        assert is_refused(answer)
        assert new not in answer.text
        assert app.person().log_in(someone).status == 302
    answer = ada.change_password(PASSWORD, new)
    assert (answer.status, answer.location) == (302, "/dashboard")
    assert messages(ada.get("/dashboard")) == ["Your password is changed."]
    [row] = app.sql("SELECT password FROM accounts WHERE username = %s", someone)
    assert HASH.fullmatch(row["password"])
    assert is_refused(app.person().log_in(someone))
    assert app.person().log_in(someone, new).status == 302
    assert ada.is_logged_in()
    assert thief.is_logged_in() == (app.step < 6), "an attack of step 05 that step 06 defeats"
