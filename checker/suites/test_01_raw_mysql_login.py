"""The checks of step 01: a login page on raw MySQL."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from checker.apps.trouble import AppTrouble
from checker.databases import Database
from checker.suites.check import Account, check, expect
from checker.suites.cookie_contents import disguises_of, looks_signed, opened_by, readable_parts
from checker.suites.login_cookies import cookies_that_log_in, expect_shielded
from checker.suites.people import odd_bodies
from checker.suites.trial import Trial, WatchedApp
from checker.visitor import Form, Page, VisitError, Visitor, generic

_KEYS = Path(__file__).parent / "data" / "published_secret_keys.txt"


@check(
    "app-starts",
    lesson="your-task",
    hints=(
        "Run `python3 -m checker run`, or `flask run` in the step's folder, and read the last "
        "line of what it prints: it names the error.",
        "`flask run` looks for a file `app.py` or `wsgi.py` with a Flask object called `app` or "
        "`application`, or a function `create_app()`.",
        "Put the app back to where it ran: `python3 -m checker diff` shows what you changed; "
        "`reset` starts afresh and keeps a copy of your work.",
    ),
)
def test_app_starts(app: WatchedApp) -> None:
    """The app can be found and started the way `flask run` does it."""
    expect(app, expected="A running app.", seen="None.")


@check(
    "login-form",
    needs=("app-starts",),
    lesson="the-form",
    hints=(
        "Open the login page in your browser and look at its source: is there a form with a field "
        "for a name and one for a password?",
        'A form without `method="post"` puts what is typed into the address, where it is logged '
        "and remembered. And a field without a `name` is not sent at all.",
        '`<form method="post">` with `<input name="username">` and '
        '`<input name="password" type="password">`, and a button.',
    ),
    either=True,
)
def test_login_form(visitor: Visitor, trial: Trial) -> None:
    """The login page shows a form that sends the password by POST."""
    path = trial.paths["login"]
    form = visitor.find_login_form()
    page = visitor.page
    assert page is not None
    if form is None:
        elsewhere = Visitor(trial.app, trial.paths).open("home")
        found = any(len(each.password_fields) == 1 for each in elsewhere.forms)
        expect(
            False,
            expected=f"{path} shows a form with a field for a name and one for a password.",
            seen=f"{path} answered {page.status} and shows no such form."
            + (
                f" There is one at {elsewhere.url.target}: say so in a file checker.toml, with the "
                f'lines [paths] and login = "{elsewhere.url.target}".'
                if found
                else ""
            ),
        )
    assert form is not None
    expect(
        form.method == "post",
        expected="The form sends what is typed in the body of a POST request.",
        seen="The form is sent by GET: the password would stand in the address, in the browser's "
        "history and in every log.",
    )
    for field, kind in ((form.text_field, "name"), (form.password_fields[0], "password")):
        expect(
            field is not None and field.name,
            expected=f"The field for the {kind} has a name, so that browsers send it.",
            seen=f"There is no field for the {kind} with a `name` attribute.",
        )


@check(
    "home-needs-login",
    needs=("login-form",),
    lesson="the-home-page",
    hints=(
        "Open `/` in a private window, where you are not logged in. Where do you end up?",
        "The view of `/` has two outcomes: somebody is logged in, or nobody is. The second one "
        "leads to the login page.",
        '`if "username" not in session: return redirect(url_for("login"))` as the first lines of '
        "the view.",
    ),
    either=True,
)
def test_home_needs_login(visitor: Visitor, trial: Trial) -> None:
    """Without a login, the home page leads to the login form."""
    page = visitor.open("home")
    expect(
        page.status < 400 or page.status in (401, 403),
        expected=f"{trial.paths['home']} redirects to the login page, or links to it.",
        seen=f"{trial.paths['home']} answered {page.status}.",
    )
    expect(
        _shows_login_form(page) or _links_to_login_form(visitor, page),
        expected=f"{trial.paths['home']} redirects to the login page, or links to it.",
        seen=f"{trial.paths['home']} ended at {page.url.target}, which has neither the login "
        "form nor a link to it.",
    )


@check(
    "right-password",
    needs=("login-form",),
    lesson="log-in",
    hints=(
        "Log in by hand: `python3 -m checker run` serves your app, and in step 1 prints a name and "
        "a password that work. What happens, and what should?",
        "The view has to look up the account by its name, compare the password, put the name into "
        "`session`, and `return` a redirect.",
        '`session["username"] = account["username"]` and `return redirect(url_for("home"))`; the '
        'view of `/` then shows `session["username"]`.',
    ),
)
def test_right_password(trial: Trial, visitor: Visitor, account: Account) -> None:
    """The right name and password log you in, and the home page greets you by name."""
    page = visitor.log_in(account.login, account.password)
    expect(
        visitor.logged_in(),
        expected="After the right name and password, the home page knows who is there.",
        seen=f"After logging in, the app showed {page.url.target} ({page.status}), and the home "
        "page is still the one that strangers see.",
    )
    home = visitor.open("home")
    if trial.step.number > 1 and not visitor.sees(account.username):
        home = visitor.open("dashboard")  # home may lead there by a link
    expect(
        visitor.sees(account.username),
        expected=f"The home page shows the name of the account, {account.username}.",
        seen=f"The text of {home.url.target} does not contain it.",
    )


@check(
    "redirect-home",
    needs=("right-password",),
    lesson="log-in",
    hints=(
        "After logging in, press reload. Does your browser ask whether to send the form again?",
        "A POST that worked is answered with a redirect, so that a reload repeats a GET and not "
        "the password.",
        '`return redirect(url_for("home"))` after the session is set, instead of a template.',
    ),
    either=True,
)
def test_redirect_home(visitor: Visitor, account: Account) -> None:
    """A successful login answers with a redirect to the home page."""
    page = visitor.log_in(account.login, account.password)
    expect(
        page.redirects,
        expected="The login is answered with a redirect (302 or 303) to the home page.",
        seen=f"It was answered with a page ({page.status}); reloading that page would send the "
        "password again.",
    )


@check(
    "wrong-password",
    needs=("right-password",),
    lesson="log-in",
    hints=(
        "Try your own account with one letter of the password changed. What do you see?",
        "Only set the session when the row was found *and* its password is the one that was typed. "
        "Otherwise show the form again, with a message.",
        'Compare in Python: `account is not None and account["password"] == password`; else '
        '`error = "Wrong username or password."` and render the template with it.',
    ),
    either=True,
)
def test_wrong_password(visitor: Visitor, account: Account) -> None:
    """A wrong password is refused with a message."""
    _is_refused(visitor, account.login, account.password[:-1] + "~", "a wrong password")


@check(
    "unknown-user",
    needs=("right-password",),
    lesson="log-in",
    hints=(
        "Type a name that has no account. What does the query find then?",
        "`cursor.fetchone()` gives `None` when there is no row, and `None` has no columns.",
        "Ask `if account is None` (or put `account is not None and` first) before you use "
        '`account["password"]`.',
    ),
    either=True,
)
def test_unknown_user(visitor: Visitor, trial: Trial) -> None:
    """A name without an account is refused with a message."""
    _is_refused(visitor, trial.unknown_login(), trial.password(), "a name that has no account")


@check(
    "same-error",
    needs=("wrong-password", "unknown-user"),
    lesson="log-in",
    hints=(
        "Fail to log in twice: once with a wrong password, once with a name that nobody has. Could "
        "a stranger tell from the answers which names exist?",
        "Both failures need the same message, the same status and the same page.",
        'One branch for both: `if account is None or account["password"] != password:` with '
        '`"Wrong username or password."`.',
    ),
    either=True,
)
def test_same_error(trial: Trial, account: Account) -> None:
    """A wrong password and an unknown name get the same answer."""
    known = trial.visitor(name="somebody with a wrong password")
    unknown = trial.visitor(name="somebody without an account")
    stranger, password = trial.unknown_login(), trial.password()
    first = generic(known.log_in(account.login, password), account.login)
    second = generic(unknown.log_in(stranger, password), stranger)
    expect(
        first == second,
        expected="Both failures look the same, so that nobody learns which names have an account.",
        seen=f"With a wrong password: {_brief(first)}. With an unknown name: {_brief(second)}.",
    )


@check(
    "injection-login",
    needs=("right-password", "wrong-password"),
    lesson="why-a-query-made-of-text",
    hints=(
        "What does your query look like when somebody types `admin' -- ` as the name?",
        "Text that is pasted into a statement becomes part of the statement. Parameters do not: "
        "the driver sends them as values.",
        '`cursor.execute("SELECT … WHERE username = %s", (username,))`: no f-string, no `%`, no '
        "quotes around `%s`, and a tuple as the second argument.",
    ),
)
def test_injection_login(trial: Trial, account: Account) -> None:
    """No SQL typed into the form logs anybody in."""
    for username, password in _injections(account.login):
        visitor = trial.visitor(name="an attacker")
        visitor.names.append(account.username)  # being greeted by it would tell as well
        visitor.log_in(username, password)
        expect(
            not visitor.logged_in(),
            expected="What is typed is only ever compared, never executed.",
            seen=f"The name {username!r} with the password {password!r} logged somebody in who "
            "knows no password.",
        )


@check(
    "quotes-in-names",
    needs=("right-password",),
    lesson="find-the-account",
    hints=(
        "Somebody is called O'Brien. Can they log in?",
        "Taking quotes and signs out of what was typed is no protection, and it locks people out. "
        "Parameters make it needless.",
        "Pass the name on just as it was typed: `(username,)` as the second argument of `execute`.",
    ),
)
def test_quotes_in_names(trial: Trial) -> None:
    """Names such as O'Brien and 100% can log in."""
    for pattern in ("O'{}", "{}100%", 'the "{}"', "back\\{}", "{}--x", "{}%s", "<b/id={}>"):
        mark = trial.name().lower()
        account = trial.account(username=pattern.format(mark))
        visitor = trial.visitor(name=account.username)
        visitor.log_in(account.login, account.password)
        expect(
            visitor.logged_in(),
            expected=f"The account {account.login} can log in.",
            seen="It has the right password and was refused.",
        )
        pages = [visitor.open("home")]
        stranger = trial.visitor(name="somebody who types a wrong password")
        pages.append(stranger.log_in(f"'\">{account.login}", account.password))
        for page in pages:
            expect(
                not page.document.query(f"[id={mark}]"),
                expected="What is typed is text wherever it appears: `<` is sent as `&lt;`.",
                seen=f"On {page.url.target} a name became part of the page's code.",
            )


@check(
    "injection-damage",
    needs=("right-password",),
    lesson="why-a-query-made-of-text",
    hints=(
        "mysqlclient sends several statements at once if you let it. What could stand after a "
        "semicolon in the name?",
        "The damage is done even when nobody is logged in: look at the table after trying "
        "`x'; UPDATE accounts SET password='pwned'; COMMIT; -- `.",
        '`cursor.execute("SELECT … WHERE username = %s", (username,))` is all it takes.',
    ),
)
def test_injection_damage(trial: Trial, account: Account, database: Database) -> None:
    """No SQL typed into the form changes the database."""
    database.execute("CREATE TABLE canary (id INT PRIMARY KEY)")
    visitor = trial.visitor(name="an attacker")
    visitor.log_in(
        trial.unknown_login(), trial.password()
    )  # whatever the app does at its first login
    before = _accounts_and_canary(database)
    for start in ("x'; ", 'x"; ', "x'); ", "1; "):
        for statement in (
            "UPDATE accounts SET password = 'pwned'; COMMIT",
            "DROP TABLE canary",
        ):
            attack = f"{start}{statement}; -- "
            visitor.log_in(attack, "x")
            visitor.log_in(account.login, attack)
            database.wait_until_idle(1.0)
            expect(
                _accounts_and_canary(database) == before,
                expected="What is typed into the form never changes a table.",
                seen=f"After typing {attack!r} the database was not the same any more.",
            )


@check(
    "injection-sleep",
    needs=("right-password",),
    lesson="why-a-query-made-of-text",
    hints=(
        "Who sees no error can still ask the database to wait, and learn from the time.",
        "If the answer takes as long as the attacker says, the typed text is executed.",
        'Parameters again: `cursor.execute("SELECT … WHERE username = %s", (username,))`.',
    ),
    databases=("mariadb",),
)
def test_injection_sleep(trial: Trial, account: Account) -> None:
    """No SQL typed into the form makes the database wait."""
    visitor = trial.visitor(name="an attacker with a clock")
    visitor.find_login_form()
    for attack in (
        f"{account.login}' AND SLEEP(1) -- ",
        f'{account.login}" AND SLEEP(1) -- ',
        "x' OR SLEEP(1) -- ",
        "0 OR SLEEP(1)",
    ):
        if _seconds(visitor, attack) > 0.95 and _seconds(visitor, trial.unknown_login()) < 0.5:
            expect(
                False,
                expected="An answer takes as long for this name as for any other.",
                seen=f"The name {attack!r} made the database wait for as long as it said.",
            )


@check(
    "exact-password",
    needs=("wrong-password",),
    lesson="find-the-account",
    hints=(
        "Try your password in capitals, and with blanks at its end. Does it still work?",
        "`WHERE … AND password = %s` lets the database compare, and it ignores case and blanks at "
        "the end as it does for names.",
        "Look up the row by name only, and compare in Python: "
        '`account["password"] == request.form["password"]`.',
    ),
)
def test_exact_password(trial: Trial) -> None:
    """The password must be typed exactly: case, blanks and accents count."""
    account = trial.account(password="Tést " + trial.password())
    others = {
        "in other case": account.password.swapcase(),
        "in lower case": account.password.lower(),
        "with blanks after it": account.password + "  ",
        "with a blank before it": " " + account.password,
        "without its accent": account.password.replace("é", "e"),
        "cut short": account.password[:-1],
        "with something after it": account.password + "x",
    }
    for how, password in others.items():
        visitor = trial.visitor(name=f"somebody who types the password {how}")
        visitor.log_in(account.login, password)
        expect(
            not visitor.logged_in(),
            expected=f"Only {account.password!r} opens this account.",
            seen=f"The password {how}, {password!r}, opened it as well.",
        )
    long = trial.account(password=trial.password() * 4)
    for owner in (account, long):
        visitor = trial.visitor(name="its owner")
        visitor.log_in(owner.login, owner.password)
        expect(
            visitor.logged_in(),
            expected=f"The password {owner.password!r}, typed exactly, opens the account.",
            seen="It was refused.",
        )
    visitor = trial.visitor(name="somebody who knows how a long password begins")
    visitor.log_in(long.login, long.password[:-1] + "~")
    expect(
        not visitor.logged_in(),
        expected=f"All {len(long.password)} characters of a long password count.",
        seen="With another last character it opened the account as well.",
    )


@check(
    "missing-fields",
    needs=("right-password",),
    lesson="log-in",
    hints=(
        "Anybody can send a request without your form. What if the name is not there at all?",
        '`request.form.get("username")` is `None` then, and `None` has no `strip`. '
        '`request.form["username"]` answers 400 by itself, which is fine.',
        '`username = request.form.get("username", "")`: text in any case.',
    ),
    either=True,
)
def test_missing_fields(trial: Trial, account: Account) -> None:
    """A missing or empty field is refused like any other wrong input."""
    for what, fields in (
        ("without the password", {"username": account.login}),
        ("without the name", {"password": account.password}),
        ("without any field", {}),
        ("with an empty name", {"username": "", "password": account.password}),
        ("with an empty password", {"username": account.login, "password": ""}),
        ("with both empty", {"username": "", "password": ""}),
    ):
        visitor = trial.visitor(name=f"somebody who sends the form {what}")
        form = _form(visitor)
        visitor.request("POST", form.action, form=_named(form, fields))
        expect(
            not visitor.logged_in(),
            expected="Nobody is logged in without a name and its password.",
            seen=f"Sending the form {what} logged somebody in.",
        )


@check(
    "odd-input",
    needs=("right-password",),
    lesson="find-the-account",
    hints=(
        "Log in as an emoji. Not that anybody is called that, but programs try it.",
        "MySQL's `utf8` has no place for emoji; `utf8mb4` has. And whatever arrives, the answer is "
        "a page or a 4xx, never a crash.",
        '`app.config["MYSQL_CHARSET"] = "utf8mb4"`, and `request.form.get(name, "")` instead of '
        "`request.get_json()` or `request.data`.",
    ),
)
def test_odd_input(trial: Trial, account: Account) -> None:
    """Whatever is sent, the app answers with a page or an error of the 4xx kind."""
    ordinary = dict(
        _named(_form(trial.visitor()), {"username": account.login, "password": "x"})[-2:]
    )
    for what, content_type, body in odd_bodies(ordinary):
        visitor = trial.visitor(name=f"a program that sends {what}")
        form = _form(visitor)
        page = visitor.request("POST", form.action, body=body, content_type=content_type)
        expect(
            page.status < 500,
            expected="A page, or an error of the 4xx kind.",
            seen=f"Sending {what} was answered with {page.status}.",
        )
        expect(
            not visitor.logged_in(),
            expected="Nobody is logged in by that.",
            seen=f"Sending {what} logged somebody in.",
        )
    visitor = trial.visitor(name="a program that asks for odd addresses")
    for query in ("next=%ff&%00=%ed%a0%80", "a[]=1&a[]=2", "%" * 50, "x=" + "y" * 5000):
        visitor.request("GET", f"{trial.paths['login']}?{query}")
    for path in ("/%ff%fe", "/..%2f..%2fetc/passwd", "/login%00", "/" + "x" * 3000):
        visitor.request("GET", path)


@check(
    "tampered-cookie",
    needs=("right-password",),
    lesson="myth-the-session-is-on-the-server",
    hints=(
        "Change a letter of the session cookie in your browser's tools and reload. What happens?",
        "Flask signs `session`, so it notices a changed one. A cookie of your own is not signed.",
        'Remember who is there in `session["username"]`, not in `response.set_cookie("user", …)`.',
    ),
    either=True,
)
def test_tampered_cookie(trial: Trial, account: Account) -> None:
    """A cookie that was changed by hand logs nobody in."""
    owner = trial.visitor(name=account.username)
    owner.log_in(account.login, account.password)
    cookies = cookies_that_log_in(owner)
    expect(
        cookies,
        expected="The login is remembered in a cookie.",
        seen="Whoever opens the home page without any cookie is logged in as well.",
    )
    for name in cookies:
        for part, changed in _changed(_value(owner, name)):
            thief = owner.stranger("somebody with a changed cookie")
            thief.cookies = owner.cookies.copy()
            thief.cookies.set(name, changed)
            expect(
                not thief.logged_in(),
                expected="A changed cookie is worth nothing.",
                seen=f"With the {part} of the cookie {name!r} changed, it still logs somebody in.",
            )


@check(
    "handmade-cookies",
    needs=("right-password",),
    lesson="myth-the-session-is-on-the-server",
    hints=(
        "Cookies come from the browser, and the browser belongs to whoever sits before it.",
        "A cookie `loggedin=1` proves nothing: anybody can write it. Only what is signed proves "
        "that your app wrote it.",
        'Ask `session`, not `request.cookies`: `"username" in session`.',
    ),
    either=True,
)
def test_handmade_cookies(trial: Trial, account: Account) -> None:
    """Cookies written by hand log nobody in."""
    owner = trial.visitor(name=account.username)
    owner.log_in(account.login, account.password)
    own = [cookie.name for cookie in owner.cookies]
    flags = ("loggedin", "logged_in", "login", "authenticated", "is_admin", "auth")
    names = ("username", "user", "name", "session", "email", "account", *own)
    numbers = ("id", "user_id", "userid", "uid", "account_id", *own)
    for what, cookies in (
        ("yes", dict.fromkeys(flags, "1")),
        ("true", dict.fromkeys(flags, "True")),
        ("the name", dict.fromkeys(flags, "1") | dict.fromkeys(names, account.username)),
        ("the id", dict.fromkeys(flags, "true") | dict.fromkeys(numbers, str(account.id))),
        ("id and name", dict.fromkeys(names, account.username) | {"id": str(account.id)}),
    ):
        visitor = trial.visitor(name=f"somebody who writes cookies with {what}")
        for name, value in cookies.items():
            visitor.cookies.set(name, value)
        expect(
            not visitor.logged_in(),
            expected="Whoever has not logged in is a stranger, whatever cookies they send.",
            seen=f"Cookies written by hand ({', '.join(list(cookies)[:6])} …) were enough.",
        )


@check(
    "secret-key-not-public",
    needs=("right-password",),
    lesson="settings-from-the-environment",
    hints=(
        "Where did your secret key come from? If it stands in a tutorial, everybody has it.",
        "Whoever knows the key can sign any session, for any name. Read it from the environment.",
        '`app.secret_key = os.environ["SECRET_KEY"]`; make one with '
        '`python3 -c "import secrets; print(secrets.token_hex(32))"`.',
    ),
    may_crash=True,
    either=True,
)
def test_secret_key_not_public(trial: Trial, visitor: Visitor, account: Account) -> None:
    """The session is not signed with a key that is published somewhere."""
    visitor.log_in(account.login, account.password)
    _is_not_signed_in_public(visitor, "")
    with contextlib.suppress(AppTrouble, VisitError):  # not to start is the best that it can do
        forgetful = trial.visitor(trial.start(SECRET_KEY=None), name=account.username)
        forgetful.log_in(account.login, account.password)
        _is_not_signed_in_public(forgetful, "Where nobody has set SECRET_KEY: ")


@check(
    "session-holds-no-password",
    needs=("right-password",),
    lesson="myth-the-session-is-on-the-server",
    hints=(
        "The session cookie is signed, not encrypted. Everybody who has it can read it.",
        "Put into the session what you need to know who is there, and nothing else.",
        '`session["username"] = account["username"]`, not `session["account"] = account`.',
    ),
)
def test_session_holds_no_password(visitor: Visitor, account: Account) -> None:
    """No cookie contains the password, not even in disguise."""
    visitor.log_in(account.login, account.password)
    expect_shielded(visitor)
    disguises = disguises_of(account.password)
    for cookie in visitor.cookies:
        for text in readable_parts(cookie.value):
            for how, disguise in disguises.items():
                expect(
                    disguise not in text,
                    expected="Cookies hold no password: whoever sees them can read them.",
                    seen=f"The cookie {cookie.name!r} contains the password{how}.",
                )


@check(
    "login-by-post-only",
    needs=("right-password",),
    lesson="log-in",
    hints=(
        "Try `/login?username=…&password=…` in the address bar with a real account.",
        "`request.values` takes what stands in the address as well; `request.form` only what was "
        "posted.",
        'Read `request.form`, and only under `if request.method == "POST":`.',
    ),
    either=True,
)
def test_login_by_post_only(trial: Trial, account: Account) -> None:
    """Only a POST logs in: never a link, nor any other method."""
    form = _form(trial.visitor())
    fields = _named(form, {"username": account.login, "password": account.password})
    visitor = trial.visitor(name="somebody who follows a link with a password in it")
    visitor.request("GET", form.action, query=fields)
    expect(
        not visitor.logged_in(),
        expected="Opening an address logs nobody in.",
        seen="A link with name and password in it logs in: it would stand in histories and logs.",
    )
    visitor = trial.visitor(name="a form that sends the password in its address")
    visitor.request("POST", form.action, query=fields, form=fields[:-1])
    expect(
        not visitor.logged_in(),
        expected="A password counts only in the body of the request.",
        seen="A POST with the password in its address logs in: it would stand in logs.",
    )
    for method in ("PUT", "PATCH", "DELETE"):
        visitor = trial.visitor(name=f"a program that sends {method}")
        visitor.request(method, form.action, query=fields, form=fields)
        expect(
            not visitor.logged_in(),
            expected=f"{method} logs nobody in.",
            seen=f"{method} with name and password logged in.",
        )


@check(
    "connections-closed",
    needs=("right-password",),
    lesson="settings-from-the-environment",
    hints=(
        "How many connections to the database are open after twenty logins?",
        "A connection of your own has to be closed after each request, and one that is made when "
        "the file is imported dies when the server restarts. Flask-MySQLdb looks after both.",
        "`cursor = mysql.connection.cursor()` inside the view; no `MySQLdb.connect` at the top of "
        "the file.",
    ),
    may_crash=True,
    databases=("mariadb",),
)
def test_connections_closed(trial: Trial, account: Account, database: Database) -> None:
    """Twenty logins leave no connections behind, and a lost connection is made anew."""
    app = trial.app
    counts = []
    for _ in range(20):
        visitor = trial.visitor(app)
        visitor.log_in(account.login, account.password)
        counts.append(len(database.connections()))
    expect(
        counts[-1] - counts[4] < 10,
        expected="The number of open connections to the database stays the same.",
        seen=f"There were {counts[4]} after five logins and {counts[-1]} after twenty.",
    )
    database.disconnect_app()
    with contextlib.suppress(VisitError):  # the one who meets the dead connection may be unlucky
        trial.visitor(app).log_in(account.login, account.password)
    visitor = trial.visitor(app, name="somebody who comes after the database was restarted")
    with contextlib.suppress(VisitError):
        visitor.log_in(account.login, account.password)
    expect(
        visitor.logged_in(),
        expected="When the database closes a connection, the app makes a new one.",
        seen="After its connection was closed, the app could not log anybody in any more.",
    )


@check(
    "database-down",
    needs=("right-password",),
    lesson="when-the-database-is-down",
    hints=(
        "Stop the database and try to log in. What does the page tell a stranger?",
        "A page with a traceback names hosts, users and statements. Let Flask answer: without "
        "debug mode its own error page says nothing.",
        "Remove `debug=True` and error handlers that show the exception; a handler for 500 may "
        "return a friendly page with status 500.",
    ),
    may_crash=True,
    databases=("mariadb",),
)
def test_database_down(trial: Trial, account: Account, database: Database) -> None:
    """When the database is down, the error page gives nothing away, and the app recovers."""
    app = trial.app
    visitor = trial.visitor(app, name=account.username)
    refused = generic(visitor.log_in(account.login, trial.password()), account.login)
    form = _form(visitor)
    fields = _named(form, {"username": account.login, "password": account.password})
    with database.down():
        pages = [
            visitor.open("login"),
            visitor.request("POST", form.action, form=fields),
            visitor.open("home"),
        ]
    expect(
        generic(pages[1], account.login) != refused,
        expected="A page which says that logging in is not possible at the moment.",
        seen="Without its database, the app says to somebody with the right password what it "
        "says to others with a wrong one.",
    )
    giveaways = dict.fromkeys(_GIVEAWAYS, "")
    giveaways |= {database.settings["MYSQL_PASSWORD"]: " (the password of the database)"}
    giveaways |= {database.settings["MYSQL_USER"]: " (the user of the database)"}
    for page in pages:
        for word, what in giveaways.items():
            expect(
                word not in page.text,
                expected="An error page that says only that something went wrong.",
                seen=f"The page for {page.url.target} shows {word!r}{what}.",
            )
    with contextlib.suppress(VisitError):
        trial.visitor(app).log_in(account.login, account.password)
    visitor = trial.visitor(app, name="somebody who comes when the database is back")
    with contextlib.suppress(VisitError):
        visitor.log_in(account.login, account.password)
    expect(
        visitor.logged_in(),
        expected="When the database is back, logging in works again.",
        seen="The app had to be restarted.",
    )


@check(
    "settings-from-environment",
    needs=("right-password",),
    lesson="settings-from-the-environment",
    hints=(
        "Your app runs on other machines too. What stands in the code that is true only on yours?",
        "The names are MYSQL_HOST, MYSQL_PORT, MYSQL_UNIX_SOCKET, MYSQL_USER, MYSQL_PASSWORD, "
        "MYSQL_DB and SECRET_KEY. `os.environ` has them.",
        '`app.secret_key = os.environ["SECRET_KEY"]` and '
        '`app.config["MYSQL_USER"] = os.environ["MYSQL_USER"]`, and so on.',
    ),
)
def test_settings_from_environment(trial: Trial, account: Account, database: Database) -> None:
    """Secret key and database settings come from the environment."""
    key = secrets.token_hex(32)
    user = database.settings.get("MYSQL_USER", "")
    owner = trial.visitor(trial.start(SECRET_KEY=key), name=account.username)
    owner.log_in(account.login, account.password)
    users = {entry.user for entry in database.log() if entry.kind == "Connect"}
    expect(
        not database.has_log or users == {user},
        expected=f"The app connects as the user that the environment names, {user!r}.",
        seen=f"It connected as {', '.join(map(repr, sorted(users))) or 'nobody'}.",
    )
    sealed = [cookie for cookie in owner.cookies if looks_signed(cookie.value)]
    expect(  # one is enough: other cookies of the app may be signed in a way of their own
        not sealed or any(opened_by(cookie.value, [key]) for cookie in sealed),
        expected="The session is signed with the key that SECRET_KEY holds.",
        seen=f"The cookie {sealed[0].name if sealed else ''!r} is signed with another key.",
    )
    same = trial.visitor(trial.start(SECRET_KEY=key), name="the same browser, after a restart,")
    same.cookies = owner.cookies.copy()
    expect(
        same.logged_in(),
        expected="Whoever was logged in still is when the app restarts with the same SECRET_KEY.",
        seen="The app restarted with the same key and forgot who was logged in.",
    )


#: What only a programmer should ever see.
_GIVEAWAYS = (
    "Traceback (most recent call last)",
    "OperationalError",
    "InterfaceError",
    "MySQLdb",
    "pymysql",
    "(2002,",
    "(2003,",
    "mysqld.sock",
    "SELECT ",
)


def _accounts_and_canary(database: Database) -> list[object]:
    """Return what an attack must not touch; other tables may keep a log of their own."""
    tables = database.tables()
    return ["canary" in tables, database.rows("accounts") if "accounts" in tables else None]


def _is_refused(visitor: Visitor, username: str, password: str, what: str) -> None:
    blank = _text_of_login_page(visitor.stranger())
    page = visitor.log_in(username, password)
    expect(
        not visitor.logged_in(),
        expected=f"Whoever types {what} stays a stranger.",
        seen=f"After typing {what} somebody is logged in.",
    )
    expect(
        page.visible_text != blank,
        expected=f"After {what}, the page says that logging in did not work.",
        seen=f"The app showed {page.url.target} just as before, without any message.",
    )
    expect(
        password not in page.text,
        expected="A typed password is in no page that the app sends back.",
        seen=f"After {what}, it stands in the page.",
    )


def _text_of_login_page(visitor: Visitor) -> str:
    return visitor.open("login").visible_text


def _shows_login_form(page: Page) -> bool:
    return any(len(form.password_fields) == 1 for form in page.forms)


def _links_to_login_form(visitor: Visitor, page: Page) -> bool:
    """Look one link away, at most at the first twenty."""
    return any(_shows_login_form(visitor.open(link.url)) for link in page.links[:20])


def _form(visitor: Visitor) -> Form:
    form = visitor.find_login_form()
    expect(form is not None, expected="The login form is there.", seen="It is not there any more.")
    assert form is not None
    return form


def _named(form: Form, fields: dict[str, str]) -> list[tuple[str, str]]:
    """Return hidden fields, and ``username`` and ``password`` under the form's own names."""
    text = form.text_field
    names = {"username": text.name if text else "", "password": form.password_fields[0].name}
    hidden = [(field.name, field.value) for field in form.fields if field.type == "hidden"]
    return [*hidden, *((names[name], value) for name, value in fields.items())]


def _injections(name: str) -> Iterator[tuple[str, str]]:
    """Yield names and passwords that log in where a query is put together from text."""
    password = "x"
    yield f"{name}' -- ", password
    yield f"{name}'#", password
    yield f'{name}" -- ', password
    yield f"{name}') -- ", password
    yield "' OR '1'='1", "' OR '1'='1"
    yield "' OR '1'='1' -- ", password
    yield '" OR "1"="1', '" OR "1"="1'
    yield 'x" OR ""="', 'x" OR ""="'
    yield f"{name}\\", " OR 1=1 -- "
    yield "x\\", f" OR username='{name}' -- "
    yield name, "' OR '1'='1"
    yield name, f"' OR username='{name}' -- "
    yield f"{name} OR 1=1", password
    for columns in (
        f"1,'{name}','{password}'",
        f"'{name}','{password}'",
        f"'{password}'",
        f"1,'{password}'",
        f"'{name}'",
        f"1,'{name}','{password}',1",
        f"1,'{password}',1",
        f"1,'{name}','{password}','{name}',1",
    ):
        yield f"x' UNION SELECT {columns} -- ", password


def _seconds(visitor: Visitor, username: str) -> float:
    begin = time.monotonic()
    visitor.log_in(username, "x")
    return time.monotonic() - begin


def _is_not_signed_in_public(visitor: Visitor, where: str) -> None:
    for cookie in visitor.cookies:
        key = opened_by(cookie.value, _published_keys())
        expect(
            key is None,
            expected="Only this app can sign its sessions.",
            seen=f"{where}The cookie {cookie.name!r} is signed with the key {key!r}, which is in "
            "public lists: anybody can write a session for any account.",
        )


def _value(visitor: Visitor, name: str) -> str:
    cookie = visitor.cookies.get(name)
    return cookie.value if cookie else ""


def _changed(value: str) -> Iterator[tuple[str, str]]:
    """Yield the value with one character changed, in the middle of each of its parts."""
    parts = value.split(".")
    usual = ("contents", "time", "signature") if len(parts) == 3 else ()
    for number, part in enumerate(parts):
        if len(part) >= 2:
            middle = len(part) // 2
            other = "A" if part[middle] != "A" else "B"
            changed = [*parts]
            changed[number] = part[:middle] + other + part[middle + 1 :]
            name = usual[number] if usual else "middle"
            yield name, ".".join(changed)


def _brief(page: tuple[int, str]) -> str:
    status, text = page
    folded = " ".join(text.split())
    return f"{status}, “{folded[:160]}”"


@cache
def _published_keys() -> tuple[str, ...]:
    lines = _KEYS.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("# "))
