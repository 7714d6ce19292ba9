"""Every solution from step 02 on: registering, logging in and out, whatever is typed."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any

import pytest
from justhtml import JustHTML
from markupsafe import escape
from solution_helpers import (
    PASSWORD,
    Running,
    from_step,
    is_refused,
    messages,
    new_name,
)

from checker.databases.database import Database


def contents(cookie: str) -> dict[str, Any]:
    """Read a session cookie as anybody can, without the key."""
    packed = cookie.startswith(".")
    payload = cookie.removeprefix(".").partition(".")[0]
    data = urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    return json.loads(zlib.decompress(data) if packed else data)


@from_step(2)
def test_who_registers_is_logged_in_and_greeted(app: Running) -> None:
    ada, someone = app.person(), new_name()
    answer = ada.register(someone)
    assert (answer.status, answer.location) == (302, "/dashboard")
    page = ada.get("/dashboard")
    assert f"Hello, {someone}!" in page.text
    assert f"{someone}@x.example" in page.text
    assert messages(page) == ["Your account is ready, and you are logged in."]
    assert messages(ada.get("/dashboard")) == []
    assert page.header("Cache-Control") == "no-store"
    assert ada.get("/").location == "/dashboard"
    assert ada.get("/register").location == "/dashboard"
    assert ada.register(new_name()).location == "/dashboard"
    assert app.count(someone) == 1


@from_step(2)
def test_the_session_holds_an_id_and_nothing_personal(app: Running) -> None:
    ada, someone = app.person(), new_name()
    ada.register(someone)
    session = contents(ada.cookies["session"])
    keys = {"account_id"} if app.step < 5 else {"_user_id", "_fresh", "_id"}
    keys |= {"previous_visit"} if app.step == 6 else set()
    assert set(session) == keys | {"_flashes"}
    [row] = app.sql("SELECT * FROM accounts WHERE username = %s", someone)
    for secret in (someone, PASSWORD, row["password"], "x.example"):
        assert secret not in json.dumps(session)


REFUSED = {
    "A username has": [
        {"username": ""},
        {"username": "   "},
        {"username": "a" * 51},
        {"username": "a" * 10_000},
        {"username": "ada\x00"},
        {"username": "ada\x1blovelace"},
        {"username": "ada\nlovelace"},
        {"username": "ada\u202elovelace"},
        {"username": "ada\u200b"},
        {"username": "ad\N{LATIN SMALL LETTER A WITH ACUTE}"},
        {"username": "ada@x.example"},
        {"username": "\N{KELVIN SIGN}elvin"},
        {"username": "<script>alert(1)</script>"},
        {"username": "{{7*7}}"},
    ],
    "e-mail address like": [
        {"email": ""},
        {"email": "ada.example"},
        {"email": "ada lovelace@x.example"},
        {"email": "ada@x.example\nBcc: eve@x.example"},
        {"email": "@x.example"},
        {"email": "ada@"},
        {"email": "ada@@x.example"},
        {"email": "a" * 245 + "@x.example"},
        {"email": "ad\N{LATIN SMALL LETTER A WITH ACUTE}@x.example"},
    ],
    "not the same": [
        {"confirmation": PASSWORD + " "},
        {"confirmation": ""},
    ],
    "8 to 128": [
        {"password": "1234567", "confirmation": "1234567"},
        {"password": "", "confirmation": ""},
        {"password": "x" * 129, "confirmation": "x" * 129},
    ],
}


@from_step(2)
@pytest.mark.parametrize("message", REFUSED)
def test_what_is_not_valid_makes_no_account(app: Running, message: str) -> None:
    assert not app.person().is_logged_in()  # the app is running, so there are tables
    before = app.sql("SELECT COUNT(*) AS n FROM accounts")
    for changes in REFUSED[message]:
        ada, someone = app.person(), new_name()
        answer = ada.register(someone, **changes)
        assert answer.status == 200
        assert message in " ".join(messages(answer)), changes
        kept = {"username": someone, "email": f"{someone}@x.example"} | changes
        for value in (kept["username"], kept["email"]):
            assert f'value="{escape(value.strip())}"' in answer.text
        assert "battery" not in answer.text
        assert not ada.is_logged_in()
    assert app.sql("SELECT COUNT(*) AS n FROM accounts") == before


@from_step(2)
def test_plain_usernames_are_accepted(app: Running) -> None:
    for username in ["a", "A.b_c-9", "..", "x" * 50]:
        answer = app.person().register(username, email=f"{new_name()}@x.example")
        assert answer.status == 302, username


@from_step(2)
def test_ordinary_addresses_are_accepted(app: Running) -> None:
    for local in ["a", "first.last+tag", "o'brien", "a" * 242]:
        ada, someone = app.person(), new_name()
        address = f"{local}@mail.x.example"[-254:]
        assert ada.register(someone, email=address).status == 302
        ada.post("/logout")
        assert ada.log_in(address.upper()).status == 302


@from_step(2)
def test_what_is_stored_is_shown_as_text(app: Running) -> None:
    ada = app.person()
    local = f"{{{{7*7}}}}&lt'{new_name()}"
    ada.register(new_name(), email=f"{local}@x.example")
    assert f"{escape(local)}@x.example" in ada.get("/dashboard").text


PASSWORDS = ["12345678", "x" * 128, "  blanks around  ", "O'Brien\"; -- %s %"]
PASSWORDS += ["\N{PILE OF POO}" * 128, "nul\x00-byte-1", "{{7*7}}<b>&amp;"]
PASSWORDS += ["e\N{COMBINING ACUTE ACCENT}clair-1"]


@from_step(2)
def test_passwords_are_taken_exactly_as_typed(app: Running) -> None:
    for password in PASSWORDS:
        ada, someone = app.person(), new_name()
        assert ada.register(someone, password=password, confirmation=password).status == 302
        others = {password + " ", " " + password, password.strip(), password.swapcase()}
        others |= {password[:-1], password.partition("\x00")[0], password + "x"}
        for other in others - {password}:
            assert is_refused(app.person().log_in(someone, other)), other
        assert app.person().log_in(someone, password).status == 302


@from_step(2)
def test_a_name_is_one_name_in_any_case_and_with_blanks_around(app: Running) -> None:
    someone, other = new_name(), new_name()
    app.person().register(f" {someone}  ", email=f"{someone}@x.example\t")
    for changes in (
        {"username": someone},
        {"username": someone.upper()},
        {"username": f" {someone}\u3000"},
        {"email": f"{someone}@X.example"},
        {"email": f" {someone}@x.example "},
    ):
        eve = app.person()
        answer = eve.register(other, **changes)
        assert messages(answer) == ["This username or e-mail address is already taken."]
        assert not eve.is_logged_in()
    assert (app.count(someone), app.count(other)) == (1, 0)
    for typed in (someone, someone.upper(), f" {someone} ", f"{someone}@x.example ".title()):
        assert app.person().log_in(typed).status == 302, typed


@from_step(2)
def test_eight_who_want_one_name_at_once_make_one_account(app: Running) -> None:
    someone = new_name()
    form = {"username": someone, "password": PASSWORD, "confirmation": PASSWORD}
    mails = [f"{new_name()}@x.example" for _ in range(8)]
    answers = app.process.send(
        *({"method": "POST", "path": "/register", "data": form | {"email": mail}} for mail in mails)
    )
    assert sorted(answer.status for answer in answers) == [200] * 7 + [302]
    assert app.count(someone) == 1


@from_step(2)
def test_fields_nobody_asked_for_change_nothing(app: Running) -> None:
    app.person().register(new_name())
    ada, someone = app.person(), new_name()
    ada.register(someone, id="1", active="0", is_admin="1", account_id="1")
    [row] = app.sql("SELECT * FROM accounts WHERE username = %s", someone)
    assert set(row) == {"id", "username", "password", "email", "active"}
    assert row["active"] == 1
    assert row["id"] > 1
    assert ada.is_logged_in()


@from_step(2)
def test_the_table_itself_keeps_names_apart(app: Running) -> None:
    someone = new_name()
    app.person().register(someone)
    insert = "INSERT INTO accounts (username, email, password) VALUES (%s, %s, 'x')"
    for values in ((someone.upper(), "new@x.example"), (new_name(), f"{someone}@X.EXAMPLE")):
        with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
            app.sql(insert, *values)
    [row] = app.sql("SELECT password, active FROM accounts WHERE username = %s", someone)
    assert row["active"] == 1


# Logging in and out


@from_step(2)
def test_every_failed_login_reads_the_same(app: Running) -> None:
    someone, disabled, stranger = new_name(), new_name(), new_name()
    app.person().register(someone)
    app.person().register(disabled)
    app.sql("UPDATE accounts SET active = %s WHERE username = %s", 0, disabled)
    pages = {
        app.person().log_in(typed, password).text.replace(typed, "")
        for typed, password in [
            (someone, "wrong password"),
            (stranger, PASSWORD),
            (disabled, "wrong password"),
            (disabled, PASSWORD),
            ("", ""),
            (someone, ""),
        ]
    }
    assert len(pages) == 1
    assert "Wrong e-mail address, username or password." in pages.pop()


@from_step(2)
def test_logging_out_is_by_post_and_ends_the_session(app: Running) -> None:
    ada = app.person()
    ada.register(new_name())
    for method in ("GET", "HEAD"):
        assert ada.request(method, "/logout").status == 405
        assert ada.is_logged_in()
    assert ada.post("/logout").location == "/login"
    assert messages(ada.get("/login")) == ["You are logged out."]
    assert not ada.is_logged_in()
    assert app.person().post("/logout").location == "/login"


@from_step(2)
def test_the_dashboard_is_shown_to_nobody_else(app: Running) -> None:
    for method in ("GET", "HEAD"):
        answer = app.person().request(method, "/dashboard")
        assert answer.status == 302
        assert str(answer.location).startswith("/login")
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"):
        answer = app.person().request(method, "/dashboard")
        assert answer.status in (200, 302, 405)
        assert "Hello" not in answer.text
    assert app.person().get("/dashboard/").status == 404


@from_step(2)
def test_nothing_from_before_stays_in_the_session(app: Running) -> None:
    first, second = new_name(), new_name()
    ada = app.person()
    ada.register(first)
    app.person().register(second)
    if app.step >= 5:
        ada.post("/logout")
    ada.log_in(second)
    assert second in ada.get("/dashboard").text
    assert first not in ada.last.text


@from_step(2)
def test_what_was_planted_in_a_session_does_not_survive(app: Running) -> None:
    ada, someone = app.person(), new_name()
    ada.register(someone)
    ada.post("/logout")
    ada.cookies["session"] = app.signed({"planted": 1})
    ada.log_in(someone)
    session = contents(ada.cookies["session"])
    assert "planted" not in session
    ada.cookies["session"] = app.signed(session | {"planted": 1})
    ada.post("/logout")
    assert set(contents(ada.cookies["session"])) == {"_flashes"}


@from_step(2)
def test_a_deleted_account_is_gone_and_its_id_with_it(app: Running) -> None:
    ada, someone = app.person(), new_name()
    ada.register(someone)
    app.sql("DELETE FROM accounts WHERE username = %s", someone)
    assert not ada.is_logged_in()
    assert ada.get("/").status in (200, 302)
    app.person().register(new_name())
    assert not ada.is_logged_in()


@from_step(2)
def test_the_session_of_a_disabled_account_ends_with_flask_login(app: Running) -> None:
    ada, someone = app.person(), new_name()
    ada.register(someone)
    app.sql("UPDATE accounts SET active = %s WHERE username = %s", 0, someone)
    assert ada.is_logged_in() == (app.step < 5), "an attack of step 04 that step 05 defeats"
    app.sql("UPDATE accounts SET active = %s WHERE username = %s", 1, someone)
    assert app.person().log_in(someone).status == 302


TYPED = ["admin' -- ", "admin'#", "' OR '1'='1", "admin\\", 'x" OR ""="', "x' UNION SELECT 1"]
TYPED += ["\x00", "\ufffd", "\N{PILE OF POO}", "a" * 20_000, "%s%n", "{{7*7}}", "\r\n"]
FORMS = {
    "/login": ["email_or_username", "password", "next", "remember"],
    "/register": ["username", "email", "password", "confirmation"],
    "/password": ["current_password", "new_password", "confirmation"],
}
BODIES = [
    ("application/x-www-form-urlencoded", "email_or_username=%ff%fe&password=%ed%a0%80"),
    ("application/x-www-form-urlencoded", "password=1&password=2&email_or_username[]=3"),
    ("application/x-www-form-urlencoded", "x" * 100_000),
    ("application/json", '{"email_or_username": 0, "password": 0}'),
    ("text/plain", "email_or_username=a"),
    (
        "multipart/form-data; boundary=x",
        "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff",
    ),
    ("multipart/form-data", "--x--"),
]
COOKIES = ["session=x.y.z", "session=\xff", "account_id=1", "session=" + "e" * 5_000]
COOKIES += ["last_visit=\xff\xfe; remember_token=1|\xe9", "last_visit=9999-99-99; remember_token=1"]
COOKIES += ["last_visit=visit.AAAAAA.AAAA; remember_token=" + "|" * 5_000]


def strange_requests() -> Iterator[dict[str, Any]]:
    for path in ("/", "/login", "/register", "/dashboard", "/password", "/logout", "/nowhere"):
        for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
            yield {"method": method, "path": path}
        for kind, data in BODIES:
            yield {"method": "POST", "path": path, "data": data, "content_type": kind}
        for cookie in COOKIES:
            yield {"method": "GET", "path": path, "headers": {"Cookie": cookie}}
    for path, fields in FORMS.items():
        for text in TYPED:
            yield {"method": "POST", "path": path, "data": dict.fromkeys(fields, text)}


@from_step(2)
def test_no_input_is_a_server_error_or_opens_anything(app: Running) -> None:
    ada = app.person()
    ada.register(new_name())
    for request in strange_requests():
        eve = app.person()
        answer = eve.request(**request)
        assert answer.status < 500, (request, app.process.errors()[-3000:])
        assert answer.location != "/dashboard", request
        assert not eve.is_logged_in()
        cookie = request.get("headers", {}).get("Cookie", "")
        if not cookie.startswith("session"):
            headers = {"Cookie": f"session={ada.cookies['session']}; {cookie}"}
            answer = app.person().request(**request | {"headers": headers})
            assert answer.status < 500, (request, app.process.errors()[-3000:])


@from_step(2)
def test_pages_are_well_formed_and_every_field_has_its_label(app: Running) -> None:
    ada, eve = app.person(), app.person()
    ada.register(new_name())
    pages = [(ada.get("/dashboard"), 0), (ada.get("/dashboard"), 0), (eve.get("/login"), 1)]
    pages += [(eve.log_in("nobody"), 1), (eve.get("/register"), 2), (eve.register("@"), 2)]
    pages += [(eve.get("/"), 0)] if app.step >= 3 else []
    pages += [(ada.get("/password"), 3)] if app.step >= 4 else []
    for answer, passwords in pages:
        document = JustHTML(answer.text, collect_errors=True, sanitize=False)
        assert document.errors == []
        ids = [element.attrs["id"] for element in document.query("[id]")]
        assert len(ids) == len(set(ids))
        labelled = {label.attrs.get("for") for label in document.query("label")}
        for element in document.query("input"):
            kind = element.attrs.get("type", "text")
            assert kind in ("hidden", "checkbox") or element.attrs["id"] in labelled
            assert kind in ("hidden", "checkbox") or "autocomplete" in element.attrs
        assert len(list(document.query("h1"))) == 1
        assert len(list(document.query("input[type=password]"))) == passwords
        assert "//" not in answer.text, "everything comes from the app itself"


@from_step(2, ("mysql",))
def test_a_database_that_is_down_is_a_plain_page(app: Running, mariadb: Database) -> None:
    ada = app.person()
    ada.register(new_name())
    with mariadb.down():
        for path in ("/dashboard", "/", "/register"):
            answer = ada.get(path)
            assert answer.status == 503, path
            assert "Not available" in answer.text
            assert "mysql" not in answer.text.lower()
        assert app.person().log_in("ada").status == 503
        assert app.person().get("/login").status == 200
        assert ada.get("/static/style.css").status == 200
    assert ada.is_logged_in()
