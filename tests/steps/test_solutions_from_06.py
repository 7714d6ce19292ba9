"""The solution of step 06: browsers that remember."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from solution_helpers import PASSWORD, Person, Running, from_step, messages, new_name

START = 1_800_000_000.0  # 2027-01-15, 08:00 UTC
HOUR, DAY = 3600.0, 86_400.0


@pytest.fixture
def travelling(app: Running) -> Iterator[Running]:
    """The app at a time of the test's own choice; set ``process.now``."""
    app.process.now = START
    yield app
    app.process.now = None


def remembered(app: Running) -> tuple[Person, str]:
    ada, someone = app.person(), new_name()
    ada.register(someone)
    ada.post("/logout")
    assert "remember_token" not in ada.cookies
    ada.log_in(someone, remember="on")
    return ada, someone


@from_step(6)
def test_only_the_tick_makes_a_browser_remember(app: Running) -> None:
    ada, someone = app.person(), new_name()
    ada.register(someone)
    assert "remember_token" not in ada.last.set_cookies
    ada.post("/logout")
    ada.log_in(someone)
    assert "remember_token" not in ada.last.set_cookies
    ada.restart_browser()
    assert not ada.is_logged_in()
    ada.log_in(someone, remember="on")
    cookie = ada.last.set_cookies["remember_token"]
    for attribute in ("HttpOnly", "SameSite=Lax", "Path=/", "Expires="):
        assert attribute in cookie
    assert "Secure" not in cookie
    for secret in (someone, PASSWORD):
        assert secret not in cookie
    ada.restart_browser()
    assert ada.is_logged_in()
    assert sum(len(name) + len(value) for name, value in ada.cookies.items()) < 4093


@from_step(6)
def test_who_is_remembered_logs_in_again_for_the_password_page(app: Running) -> None:
    ada, someone = remembered(app)
    assert ada.get("/password").status == 200
    ada.restart_browser()
    assert ada.change_password(PASSWORD, "new password").status == 302
    assert app.person().log_in(someone).status == 302, "nothing was changed"
    answer = ada.get("/password")
    assert answer.location == "/login?next=%2Fpassword"
    page = ada.get(str(answer.location))
    assert "Please log in again" in messages(page)[0]
    assert 'type="checkbox" checked' in page.text
    assert ada.log_in(someone, next="/password", remember="on").location == "/password"
    assert ada.get("/password").status == 200


@from_step(6)
def test_logging_out_or_in_without_the_tick_forgets(app: Running) -> None:
    ada, _ = remembered(app)
    ada.post("/logout")
    assert "remember_token" not in ada.cookies
    assert not ada.is_logged_in()
    ada, _ = remembered(app)
    other = new_name()
    app.person().register(other)
    ada.restart_browser()
    ada.log_in(other)
    assert other in ada.get("/dashboard").text
    ada.restart_browser()
    assert not ada.is_logged_in()


@from_step(6)
def test_a_new_password_ends_every_other_device(app: Running) -> None:
    ada, someone = remembered(app)
    phone, thief = app.person(), app.person()
    phone.log_in(someone, remember="on")
    thief.cookies = {"remember_token": ada.cookies["remember_token"]}
    assert thief.is_logged_in()
    ada.change_password(PASSWORD, "new password")
    assert ada.is_logged_in()
    ada.restart_browser()
    assert ada.is_logged_in()
    phone.restart_browser()
    assert not phone.is_logged_in()
    assert not thief.is_logged_in()


@from_step(6)
def test_a_remember_cookie_that_was_written_by_hand_is_nobody(app: Running) -> None:
    ada, _ = remembered(app)
    token, _, digest = ada.cookies["remember_token"].strip('"').rpartition("|")
    number, _, mark = token.partition(".")
    for forged in (
        f"{int(number) - 1}.{mark}|{digest}",
        f"{number}|{digest}",
        f"{token}|{digest[:-1]}",
        f"{token}|",
        f"{token}",
        f"{token}|\xe9",
        f"\xe9|{digest}",
        "x" * 5_000,
    ):
        eve = app.person()
        eve.cookies = {"remember_token": forged}
        assert not eve.is_logged_in(), forged
        assert eve.get("/login").status == 200


@from_step(6)
def test_time_ends_what_it_should(travelling: Running) -> None:
    ada, someone = remembered(travelling)
    eve = travelling.person()
    eve.log_in(someone)
    for hours, is_in in ((8 * HOUR - 60, True), (8 * HOUR + 60, False)):
        travelling.process.now = START + hours
        assert eve.is_logged_in() == is_in
    for days, is_in in ((30 * DAY - 60, True), (30 * DAY + 60, False)):
        travelling.process.now = START + days
        ada.restart_browser()
        assert ada.is_logged_in() == is_in


def time_shown(person: Person) -> str | None:
    found = re.search(r'<time datetime="([^"]+)">', person.get("/dashboard").text)
    return found and found[1]


@from_step(6)
def test_the_dashboard_shows_the_visit_before(travelling: Running) -> None:
    ada, someone = travelling.person(), new_name()
    ada.register(someone)
    assert time_shown(ada) is None
    travelling.process.now = START + 600
    ada.change_password(PASSWORD, PASSWORD)
    assert time_shown(ada) is None, "a new password is no new visit"
    ada.post("/logout")
    ada.log_in(someone, remember="on")
    for _ in range(2):
        assert time_shown(ada) == "2027-01-15T08:00:00+00:00"
    travelling.process.now = START + 1200
    assert time_shown(ada) == "2027-01-15T08:00:00+00:00"
    ada.restart_browser()
    for _ in range(2):
        assert time_shown(ada) == "2027-01-15T08:10:00+00:00"


@from_step(6)
def test_the_time_of_the_last_visit_is_not_believed_for_ever_nor_from_anybody(
    travelling: Running,
) -> None:
    ada, someone = travelling.person(), new_name()
    ada.register(someone)
    cookie = ada.cookies["last_visit"]
    for seconds, value, is_believed in [
        (30 * DAY, cookie, True),
        (30 * DAY + 60, cookie, False),
        (60, cookie + "x", False),
        (60, "visit." + cookie.split(".")[1], False),
        (60, "2027-01-15T08:00:00", False),
        (60, "<script>", False),
    ]:
        travelling.process.now = START + seconds
        ada.cookies = {"last_visit": value}
        ada.log_in(someone)
        assert (time_shown(ada) is not None) == is_believed, value
