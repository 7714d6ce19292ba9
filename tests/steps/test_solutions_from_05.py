"""Every solution from step 05 on: what Flask-Login does, and what it leaves to us."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from solution_helpers import PASSWORD, Running, from_step, is_refused, messages, new_name


@from_step(5)
def test_who_had_to_log_in_comes_back_to_the_page_asked_for(app: Running) -> None:
    ada, someone = app.person(), new_name()
    app.person().register(someone)
    answer = ada.get("/password?a=1&b=/")
    assert answer.location == "/login?next=%2Fpassword%3Fa%3D1%26b%3D%2F"
    page = ada.get(str(answer.location))
    assert messages(page) == ["Please log in to see this page."]
    assert 'name="next" value="/password?a=1&amp;b=/"' in page.text
    assert is_refused(ada.log_in(someone, "wrong", next="/password?a=1&b=/"))
    assert 'name="next" value="/password?a=1&amp;b=/"' in ada.last.text
    assert ada.log_in(someone, next="/password?a=1&b=/").location == "/password?a=1&b=/"
    assert ada.get("/login").location == "/dashboard"
    assert ada.get("/login?next=/password").location == "/password"


ELSEWHERE = [
    *("//evil.example", "///evil.example", "////evil.example", "//@evil.example", "//[evil"),
    *("/\\evil.example", "\\\\evil.example", "\\/evil.example", "/x\\..\\evil.example"),
    *("/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "\t//evil.example", " /password"),
    *("/\u00a0/evil.example", "/\u3000/evil.example", "/x\x00", "/x\x7f", "/x\u0085", "/x\u2028"),
    *("http:evil.example", "http:/evil.example", "http://evil.example", "http:///evil.example"),
    *("HTTPS:EVIL.EXAMPLE", "http://[evil", "javascript:alert(1)", "data:text/html,x"),
    *("evil.example", "?x", "#x", ".", "../dashboard", "", "x" * 10_000),
]


@from_step(5)
def test_no_login_leads_away_from_the_site(app: Running) -> None:
    someone = new_name()
    app.person().register(someone)
    form = {"email_or_username": someone, "password": PASSWORD}
    for target in ELSEWHERE:
        ada = app.person()
        query = {"query_string": {"next": target}}
        assert ada.log_in(someone, next=target).location == "/dashboard", target
        assert ada.get("/login", **query).location == "/dashboard", target
        ada = app.person()
        assert ada.request("POST", "/login", data=form, **query).location == "/dashboard", target


@pytest.mark.parametrize("target", ["/", "/password?x=//evil.example", "/a/b;c#d", "/%09/x", "/é"])
@from_step(5)
def test_pages_of_the_site_are_come_back_to(app: Running, target: str) -> None:
    ada, someone = app.person(), new_name()
    ada.register(someone)
    assert ada.get("/login", query_string={"next": target}).location == target.replace(
        "é", "%C3%A9"
    )


@from_step(5)
def test_the_log_tells_who_came_and_went(app: Running) -> None:
    ada, someone = app.person(), new_name()
    ada.register(someone)
    [account] = app.sql("SELECT id FROM accounts WHERE username = %s", someone)
    ada.post("/logout")
    ada.log_in(someone, "wrong")
    ada.log_in(someone)
    app.sql("DELETE FROM accounts WHERE username = %s", someone)
    rows = app.sql("SELECT * FROM sign_ins WHERE account_id = %s ORDER BY id", account["id"])
    assert [row["event"] for row in rows] == ["login", "logout", "login"]
    today = datetime.now(UTC).date().isoformat()
    assert all(str(row["happened_at"]).startswith(today) for row in rows)


@pytest.mark.parametrize(
    "value", ["abc", "", None, [], {}, [1], True, 1.5, -1, "1.0", "-1", "9" * 30, "1" * 5_000, "²"]
)
@from_step(5)
def test_a_signed_session_with_any_id_in_it_is_nobody(app: Running, value: object) -> None:
    eve = app.person()
    eve.cookies["session"] = app.signed({"_user_id": value, "_fresh": True})
    answer = eve.get("/dashboard")
    assert answer.status == 302 or value is True or value == 1.5, app.process.errors()
    assert eve.get("/").status in (200, 302)
