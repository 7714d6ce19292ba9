"""The checks of step 02: registering, a guarded page, logging out."""

from __future__ import annotations

import json
from collections.abc import Callable

from checker.databases.trouble import DatabaseTrouble
from checker.suites.check import Account, check, expect
from checker.suites.cookie_contents import disguises_of, readable_parts
from checker.suites.login_cookies import expect_shielded
from checker.suites.people import (
    brief,
    delete_account,
    expect_form_with_message,
    expect_refused,
    fields_for,
    keeps_unique,
    links_within,
    number_of_accounts,
    odd_bodies,
    outrun,
    register_form,
    row_of,
    sent,
    shows_account,
)
from checker.suites.signed_sessions import session_cookie, session_of, signed
from checker.suites.trial import Trial
from checker.visitor import Page, Visitor, generic
from checker.visitor.presence import looks_the_same

_REDIRECTS = (302, 303, 307)
_CLIENT_ERROR = 400
_NOT_FOR_STRANGERS = (400, 401, 403, 404, 405)

# -- registering


@check(
    "register-form",
    needs=("app-starts",),
    lesson="the-registration-page",
    hints=(
        "Open `/register` in your browser. Are there four fields and a button?",
        "The page needs a view for GET and a form that is sent by POST; every field needs a "
        '`name`, and both passwords `type="password"`.',
        '`@app.route("/register", methods=["GET", "POST"])`, and a template with the fields '
        "`username`, `email`, `password` and `confirmation`.",
    ),
    either=True,
)
def test_register_form(trial: Trial, visitor: Visitor) -> None:
    """The registration page shows a form for name, e-mail and password, twice."""
    form = register_form(trial, visitor)
    expect(
        form.method == "post",
        expected="The form sends what is typed in the body of a POST request.",
        seen="The form is sent by GET: the password would stand in the address.",
    )
    for role, what in (
        ("username", "the name"),
        ("email", "the e-mail address"),
        ("password", "the password"),
        ("confirmation", "the password again"),
    ):
        field = {str(role): field for role, field in form.roles.items()}.get(role)
        expect(
            field is not None and field.name,
            expected=f"The form has a field for {what}, with a `name`, so that browsers send it.",
            seen=f"There is {form.described()}.",
        )


@check(
    "register",
    needs=("register-form",),
    lesson="store-the-account",
    hints=(
        "Register, then look into the table. Is there a row? And is it still there afterwards?",
        "An INSERT is only seen by others after a commit; without it the row is gone when the "
        "connection is closed.",
        '`cursor.execute("INSERT INTO accounts (username, email, password) VALUES (%s, %s, %s)", '
        "(username, email, password))`, then `mysql.connection.commit()`.",
    ),
)
def test_register(trial: Trial, visitor: Visitor) -> None:
    """Registering makes exactly one account, and stores it for good."""
    typed = fields_for(trial)
    page = trial.register(visitor, **typed)
    try:
        found = trial.database.execute("SELECT id, username, email, active FROM accounts")
    except DatabaseTrouble as trouble:
        expect(
            False,
            expected="The table `accounts` has the columns id, username, password, email, active.",
            seen=str(trouble),
        )
    expect(
        len(found) == 1,
        expected="After registering, the table `accounts` has one row more.",
        seen=f"It has {len(found)} rows more. The app answered: {brief(page)}.",
    )
    row = found[0]
    expect(
        row["username"] == typed["username"] and str(row["email"]).lower() == typed["email"],
        expected=f"The row holds what was typed: {typed['username']!r}, {typed['email']!r}.",
        seen=f"It holds {row['username']!r} and {row['email']!r}.",
    )
    expect(
        row["active"],
        expected="A new account is active.",
        seen=f"The column `active` holds {row['active']!r}.",
    )


@check(
    "register-logs-in",
    needs=("register",),
    lesson="the-session-holds-an-id",
    hints=(
        "Whoever has just typed a password twice does not want to type it a third time.",
        "After storing the account, the view of `/register` does the same as the view of `/login` "
        "after a right password.",
        "`log_in(account_id)` with `cursor.lastrowid` of the INSERT, then "
        '`return redirect(url_for("dashboard"))`.',
    ),
    either=True,
)
def test_register_logs_in(trial: Trial, visitor: Visitor) -> None:
    """Whoever registers is logged in at once."""
    typed = fields_for(trial)
    page = trial.register(visitor, **typed)
    visitor.names.append(typed["username"])
    expect(
        visitor.logged_in(),
        expected="After registering, the visitor is logged in.",
        seen=f"The app showed {page.url.target} ({page.status}), and the visitor is still a "
        "stranger.",
    )
    mine = visitor.open("dashboard")
    expect(
        mine.greets(typed["username"]),
        expected=f"{trial.paths['dashboard']} greets the new account, {typed['username']}.",
        seen=f"It shows {brief(mine)}.",
    )


@check(
    "redirect-after-register",
    needs=("register-logs-in",),
    lesson="the-registration-page",
    hints=(
        "Reload the page that comes after registering. Does the browser ask whether to send "
        "everything again?",
        "A POST that worked is answered with a redirect; then a reload repeats a harmless GET.",
        '`return redirect(url_for("dashboard"))`, not `return render_template("dashboard.html")`.',
    ),
    either=True,
)
def test_redirect_after_register(trial: Trial, visitor: Visitor) -> None:
    """A successful registration is answered with a redirect, so that a reload does no harm."""
    page = trial.register(visitor, **fields_for(trial))
    expect(
        page.redirects,
        expected="Registering is answered with a redirect (302 or 303).",
        seen=f"It was answered with a page ({page.status}); reloading it would register again.",
    )
    visitor.open(str(page.url))
    rows = number_of_accounts(trial.database)
    expect(
        rows == 1,
        expected="Reloading the next page registers nobody.",
        seen=f"There are {rows} accounts afterwards.",
    )


@check(
    "success-message",
    needs=("register-logs-in",),
    lesson="the-registration-page",
    hints=(
        "How does somebody who has registered learn that it worked? And do they learn it once?",
        "`flash()` keeps a message for the next page that asks for it, and "
        "`get_flashed_messages()` in that page's template takes it out.",
        '`flash("Your account is ready.")` before the redirect, and '
        "`{% for message in get_flashed_messages() %}` in `dashboard.html`.",
    ),
    either=True,
)
def test_success_message(trial: Trial, visitor: Visitor) -> None:
    """The page after registering says that it worked, once."""
    first = trial.register(visitor, **fields_for(trial))
    second = visitor.open(str(first.url))
    third = visitor.open(str(first.url))
    expect(
        not looks_the_same(first, second, third),
        expected="The page after registering shows a message, which is gone after a reload.",
        seen=f"{first.url.target} says the same when it is reloaded: there is no message, or it "
        "never goes away.",
    )


# -- logging in, the dashboard, logging out


@check(
    "log-in-by-email",
    needs=("login-form", "register"),
    lesson="log-in-by-e-mail-or-username",
    hints=(
        "Register, take another browser, and log in with your e-mail address. What happens?",
        "The query has to look at the column `email` now, and ADA@EXAMPLE.ORG is the same address "
        "as ada@example.org.",
        '`"SELECT … WHERE email = %s OR username = %s"` with the typed text twice; the column\'s '
        "collation ignores case.",
    ),
)
def test_log_in_by_email(trial: Trial, account: Account) -> None:
    """Whoever registered can log in with the e-mail address, in capitals or not."""
    for how, email in (
        ("the e-mail address", account.email),
        ("the address in capitals", account.email.upper()),
    ):
        visitor = trial.visitor(name=f"{account.username}, who types {how},")
        page = visitor.log_in(email, account.password)
        expect(
            visitor.logged_in(),
            expected=f"{account.username} registered and can log in with {how}, {email!r}.",
            seen=f"The right password was refused: {brief(page)}.",
        )


@check(
    "blanks-around-names",
    needs=("log-in-by-email",),
    lesson="check-what-was-typed",
    hints=(
        "A blank slips in before a name easily, above all on a phone. Can such a person register, "
        "and log in afterwards by typing the same?",
        "Cut blanks off the name and the address, and do it in both views: what one cuts off, the "
        "other must not miss.",
        '`request.form.get("email", "").strip()` in `register()` and in `login()`.',
    ),
)
def test_blanks_around_names(trial: Trial, visitor: Visitor) -> None:
    """Blanks around name and e-mail are cut off, registering as well as logging in."""
    typed = fields_for(trial)
    name, email = typed["username"], typed["email"]
    spaced = typed | {"username": f"  {name} ", "email": f"  {email} "}
    trial.register(visitor, **spaced)
    row = row_of(trial.database, email)
    if row is None:  # refused: then nobody can be surprised later
        return
    expect(
        row["username"] == name,
        expected=f"The name {spaced['username']!r} is stored as {name!r}.",
        seen=f"It is stored as {row['username']!r}.",
    )
    for how, login in (("the same again", spaced["email"]), ("the bare address", email)):
        person = trial.visitor(name=f"{name}, who types {how},")
        page = person.log_in(login, typed["password"])
        expect(
            person.logged_in(),
            expected=f"Who registered as {spaced['email']!r} can log in with {login!r}.",
            seen=f"The right password was refused: {brief(page)}.",
        )


@check(
    "dashboard",
    needs=("log-in-by-email",),
    lesson="the-dashboard",
    hints=(
        "Log in and open `/dashboard`. Does it say who you are, and can you leave?",
        "Look the account up by the id in the session, hand it to the template, and put a form "
        "with one button into the page.",
        '`return render_template("dashboard.html", account=account)`, with '
        "`{{ account.username }}`, `{{ account.email }}` and "
        '`<form method="post" action="{{ url_for(\'logout\') }}"><button>Log out</button></form>`.',
    ),
    either=True,
)
def test_dashboard(trial: Trial, visitor: Visitor, account: Account) -> None:
    """The dashboard shows name and e-mail of the account, and a button to log out."""
    visitor.log_in(account.login, account.password)
    path = trial.paths["dashboard"]
    page = visitor.open("dashboard")
    expect(
        page.greets(account.username) and shows_account(page, account),
        expected=f"{path} shows the account's name, {account.username}, and {account.email}.",
        seen=f"It shows {brief(page)}.",
    )
    expect(
        page.find_form("logout", trial.paths["logout"]) is not None,
        expected=f"{path} has a button in a form of its own that logs out.",
        seen=f"There is {page.described()}.",
    )
    home = visitor.open("home")
    expect(
        shows_account(home, account)
        or any(shows_account(visitor.open(link), account) for link in links_within(visitor, home)),
        expected=f"{trial.paths['home']} leads whoever is logged in to {path}: by a redirect, or "
        "by a link.",
        seen=f"It ended at {home.url.target}, which has no link to it.",
    )


@check(
    "dashboard-needs-login",
    needs=("dashboard",),
    lesson="the-dashboard",
    hints=(
        "Open `/dashboard` in a private window. And what would a program get that sends POST?",
        "The guard has to stand before everything else in the view, whatever the method.",
        "First lines of the view: `account = current_account()`, then `if account is None: return "
        'redirect(url_for("login"))`.',
    ),
    either=True,
)
def test_dashboard_needs_login(trial: Trial, account: Account) -> None:
    """Strangers never see the dashboard, whichever way they ask for it."""
    path = trial.paths["dashboard"]
    stranger = trial.visitor(name="a stranger")
    landed = stranger.open("dashboard")
    expect(
        landed.redirects and landed.find_form("login") is not None,
        expected=f"{path} redirects strangers to the login form.",
        seen=f"It ended at {landed.url.target}: {landed.described()}.",
    )
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        for address in (path, f"{path}/"):
            page = stranger.request(method, address)
            strict = address == path and method in ("GET", "HEAD")
            allowed = page.status in _REDIRECTS or (
                not strict and (page.status in _NOT_FOR_STRANGERS or page.status in (301, 308))
            )
            expect(
                allowed and not shows_account(page, account) and not page.find_form("logout"),
                expected=f"{method} {address} gives a stranger a redirect or an error.",
                seen=f"It was answered with {brief(page)}.",
            )


@check(
    "dashboard-not-stored",
    needs=("dashboard",),
    lesson="nothing-stays-in-the-browser",
    hints=(
        "Log out, then press Back. What do you see?",
        "Browsers keep pages to show them again at once. A header of the page forbids it.",
        '`response.headers["Cache-Control"] = "no-store"` in a function with '
        "`@app.after_request`, which returns the response.",
    ),
    either=True,
)
def test_dashboard_not_stored(trial: Trial, visitor: Visitor, account: Account) -> None:
    """Browsers are told not to store the dashboard: Back does not show it after logging out."""
    visitor.log_in(account.login, account.password)
    page = visitor.open("dashboard")
    said = ", ".join(page.headers.getlist("Cache-Control"))
    directives = {each.strip().lower() for each in said.split(",")}
    expect(
        "no-store" in directives,
        expected=f"{trial.paths['dashboard']} comes with the header `Cache-Control: no-store`.",
        seen=f"It comes with `Cache-Control: {said}`." if said else "It has no such header.",
    )


@check(
    "log-out",
    needs=("dashboard",),
    lesson="log-out",
    hints=(
        "Press your own button. Who is logged in afterwards?",
        "The page that is guarded looks for a key in the session; that very key has to go.",
        '`session.clear()` takes everything out; then `return redirect(url_for("login"))`.',
    ),
    either=True,
)
def test_log_out(trial: Trial, visitor: Visitor, account: Account) -> None:
    """Logging out ends the session and leads to the login form."""
    visitor.log_in(account.login, account.password)
    page = trial.log_out(visitor)
    expect(
        page.redirects and page.find_form("login") is not None,
        expected="Logging out redirects to the login form.",
        seen=f"It ended at {page.url.target}: {page.described()}.",
    )
    expect(
        not visitor.logged_in(),
        expected="After logging out, the browser is a stranger's again.",
        seen="Somebody is still logged in.",
    )
    again = visitor.open("dashboard")
    expect(
        not shows_account(again, account),
        expected=f"After logging out, {trial.paths['dashboard']} is closed.",
        seen=f"It still shows {account.email}.",
    )


@check(
    "log-out-by-post-only",
    needs=("log-out",),
    lesson="log-out",
    hints=(
        "Type the address of your log-out view into the address bar. Are you still logged in?",
        "Browsers and other sites open addresses by GET all the time: to look ahead, to show a "
        "picture. Nothing may change by that.",
        '`@app.route("/logout", methods=["POST"])`, and a button in a form instead of a link.',
    ),
    either=True,
)
def test_log_out_by_post_only(trial: Trial, visitor: Visitor, account: Account) -> None:
    """Opening an address logs nobody out; only the button does."""
    visitor.log_in(account.login, account.password)
    page = visitor.open("dashboard")
    form = page.find_form("logout", trial.paths["logout"])
    addresses = [trial.paths["logout"], *links_within(visitor, page)]
    addresses += [form.action] if form else []
    for address in dict.fromkeys(addresses):
        for method in ("GET", "HEAD"):
            opened = visitor.request(method, address)
            expect(
                visitor.logged_in(),
                expected="Whoever is logged in stays so until the button is pressed.",
                seen=f"{method} {opened.url.target} logged out.",
            )


@check(
    "register-when-logged-in",
    needs=("register-logs-in", "dashboard"),
    lesson="the-registration-page",
    hints=(
        "Register, then open `/register` again. What should somebody with an account do there?",
        "The view's first question: is somebody logged in already?",
        '`if current_account() is not None: return redirect(url_for("dashboard"))`.',
    ),
    either=True,
)
def test_register_when_logged_in(trial: Trial, visitor: Visitor, account: Account) -> None:
    """The registration page leads home whoever is logged in."""
    visitor.log_in(account.login, account.password)
    page = visitor.open("register")
    expect(
        page.find_form("register") is None and page.status < _CLIENT_ERROR,
        expected=f"{trial.paths['register']} leads home whoever has an account and is logged in.",
        seen=f"It shows {page.described()}.",
    )


# -- what may be typed, and what may not


@check(
    "empty-fields",
    needs=("register",),
    lesson="check-what-was-typed",
    hints=(
        "`required` in the form stops your browser. What stops a program?",
        "Look at every field on the server, after blanks around it are cut off; show the form "
        "again with a message when one is empty.",
        "`problems = problems_with(username, email, password, confirmation)`, and "
        "`for problem in problems: flash(problem)` before the form is rendered again.",
    ),
    either=True,
)
def test_empty_fields(trial: Trial) -> None:
    """An empty field is refused with a message, and so is one with only blanks in it."""
    expect_refused(trial, "who leaves the name empty", username="")
    expect_refused(trial, "who types only blanks for a name", username="   ")
    expect_refused(trial, "who leaves the e-mail address empty", email="")
    expect_refused(trial, "who types only blanks for an address", email="   ")
    expect_refused(trial, "who leaves both passwords empty", password="")
    visitor = trial.visitor(name="a program that sends no field at all")
    form = register_form(trial, visitor)
    visitor.request("POST", form.action, form=sent(form, {}))
    for left_out in ("username", "email", "password", "confirmation"):
        typed = fields_for(trial)
        del typed[left_out]
        visitor = trial.visitor(name=f"a program that leaves out the {left_out}")
        form = register_form(trial, visitor)
        visitor.request("POST", form.action, form=sent(form, typed))
    expect(
        number_of_accounts(trial.database) == 0,
        expected="A program that leaves out a field is refused.",
        seen="There is a new row in the table `accounts`.",
    )


@check(
    "long-input",
    needs=("log-in-by-email",),
    lesson="check-what-was-typed",
    hints=(
        "How long may a name be? What does the table do with a longer one, and who sees that?",
        "A column takes so many characters and no more: MySQL answers with an error, which is a "
        "crash unless you look at the length first. Never cut what somebody typed.",
        'A length in the pattern, `r"[A-Za-z0-9_.-]{1,50}"`, `len(email) > 254` and '
        "`8 <= len(password) <= 128`.",
    ),
)
def test_long_input(trial: Trial) -> None:
    """A name over 50 characters, or an address over 254, is refused, not cut."""
    email = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example.org"  # 254 + 1
    expect_refused(trial, "with a name of 51 characters", username="a" * 51)
    expect_refused(
        trial, "with a name of 10,000 characters", form_again=False, username="a" * 10_000
    )
    expect_refused(trial, f"with an address of {len(email)} characters", email=email)
    expect_refused(
        trial, "with an address of 10,000 characters", form_again=False, email="a" * 9_988 + email
    )
    for typed in (
        fields_for(trial, email=f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example.org"),
        fields_for(trial, password=trial.password() + "x" * 1000),
    ):
        page = trial.register(trial.visitor(name="somebody who types a lot"), **typed)
        if row_of(trial.database, typed["email"]) is None:
            expect(
                number_of_accounts(trial.database) == 0,
                expected="What is accepted is stored as it was typed.",
                seen=f"The address {typed['email']!r} was cut before it was stored.",
            )
            continue
        visitor = trial.visitor(name="the same person")
        visitor.log_in(typed["email"], typed["password"])
        expect(
            visitor.logged_in(),
            expected="Whoever could register with much text can log in with it.",
            seen=f"After registering ({brief(page)}), the same text was refused.",
        )
        thief = trial.visitor(name="somebody who types only the start of the password")
        thief.log_in(typed["email"], typed["password"][:-1])
        expect(
            not thief.logged_in(),
            expected="A long password counts in full, or is refused when registering.",
            seen="It was cut: its start alone opens the account.",
        )
        delete_account(trial, _account(trial, typed))


@check(
    "ordinary-names",
    needs=("log-in-by-email",),
    lesson="check-what-was-typed",
    hints=(
        "Some people are called X, and some names are long. Who is refused?",
        "Letters, digits, `_`, `-` and `.` have to be accepted, from 1 character to 50.",
        '`re.compile(r"[A-Za-z0-9_.-]{1,50}")` with `fullmatch`; `isalnum()` refuses `_`, `-`, `.`',
    ),
)
def test_ordinary_names(trial: Trial) -> None:
    """Names of 1 to 50 letters, digits, dots, hyphens and underscores are accepted."""
    for username in ("x", "Ada_L-2.0", "007", "n" * 50):
        visitor = trial.visitor(name="somebody new")
        typed = fields_for(trial, username=username)
        page = trial.register(visitor, **typed)
        row = row_of(trial.database, typed["email"])
        expect(
            row is not None and row["username"] == username,
            expected=f"The name {username!r} is accepted.",
            seen=f"It was refused: {brief(page)}."
            if row is None
            else f"It was stored as {row['username']!r}.",
        )


@check(
    "email-addresses",
    needs=("register",),
    lesson="check-what-was-typed",
    hints=(
        "What makes a text an e-mail address? Try one without @, and one with a plus.",
        '`type="email"` is checked by browsers only. On the server ask for something, an @ and '
        "something more, without blanks; and do not ask for much else.",
        "Compare the whole text: `EMAIL.fullmatch(email)` with the pattern that browsers use for "
        '`<input type="email">`.',
    ),
    either=True,
)
def test_email_addresses(trial: Trial) -> None:
    """Ordinary e-mail addresses are accepted; a text that is none is refused."""
    local = trial.name().lower()
    for email in (
        f"{local}.lovelace@example.org",
        f"{local}+list@example.org",
        f"{local}@mail.example.co.uk",
        f"{local}7@my-example.org",
    ):
        page = trial.register(trial.visitor(name="somebody new"), **fields_for(trial, email=email))
        expect(
            row_of(trial.database, email) is not None,
            expected=f"The address {email} is accepted.",
            seen=f"It was refused: {brief(page)}.",
        )
    for what, email in (
        ("without an @", f"{local}.example.org"),
        ("with a blank in it", f"{local} lovelace@example.org"),
        ("with a blank after the @", f"{local}@exam ple.org"),
    ):
        expect_refused(trial, f"with an address {what}", email=email)


@check(
    "short-password",
    needs=("register",),
    lesson="check-what-was-typed",
    hints=(
        "How long must a password be? Try one of seven characters.",
        "`minlength` in the form is checked by browsers only; and a length is counted in "
        "characters, not in bytes.",
        "`if not 8 <= len(password) <= 128:` on the server, with the text itself.",
    ),
    either=True,
)
def test_short_password(trial: Trial) -> None:
    """A password of fewer than eight characters is refused."""
    for password in ("Sh0rt-1", "pässwör"):
        expect_refused(trial, f"with the password {password!r}", password=password)


@check(
    "two-passwords",
    needs=("register",),
    lesson="check-what-was-typed",
    hints=(
        "Type two different passwords. Which of them is yours then?",
        "The second field is there to catch a slip of the finger: compare it with the first, "
        "exactly, on the server.",
        "`if password != confirmation:` with both read from the form; comparing a field with "
        "itself finds nothing.",
    ),
    either=True,
)
def test_two_passwords(trial: Trial) -> None:
    """Two passwords that are not the same are refused."""
    password = trial.password()
    for how, other in (
        ("another password", trial.password()),
        ("the password in capitals", password.upper()),
        ("the password with a blank after it", f"{password} "),
        ("nothing", ""),
    ):
        expect_refused(
            trial, f"who types {how} the second time", password=password, confirmation=other
        )


@check(
    "any-password",
    needs=("log-in-by-email",),
    lesson="check-what-was-typed",
    hints=(
        "Somebody uses a whole sentence for a password, somebody else a poem. Who is refused?",
        "Any character counts, blanks at the ends too, up to at least 128 of them. No rules about "
        "capitals or digits: they make passwords worse (ASVS 6.2.5, 6.2.8, 6.2.9).",
        'Take `request.form.get("password", "")` as it is: no `strip()`, no `lower()`, no cutting; '
        "and ask for nothing but the length.",
    ),
)
def test_any_password(trial: Trial) -> None:
    """Any password of 8 to 128 characters is accepted, and must be typed exactly so."""
    special = " Ça va? 'yes' \"no\" %s \\ 😀 "
    whole = f"{special}{trial.password()}".ljust(127, "-") + " "
    account = _with_password(trial, whole)
    if account is None:  # something in it was too much: say what
        for what, password in (
            ("with blanks around it", f"  {trial.password()}  "),
            ("with quotes and signs", f"'{trial.password()}\" %s \\"),
            ("with letters of other languages and an emoji", f"Ça😀 {trial.password()}"),
            ("of 128 characters", trial.password().ljust(128, "x")),
        ):
            expect(
                _with_password(trial, password),
                expected=f"A password {what} is accepted: {password!r}.",
                seen="It was refused.",
            )
    expect(
        account is not None,
        expected=f"The password {whole!r} is accepted.",
        seen="It was refused.",
    )
    assert account is not None
    for how, password in (
        ("without the blanks around it", whole.strip()),
        ("in small letters", whole.lower()),
        ("cut after 72 characters", whole[:72]),
    ):
        thief = trial.visitor(name=f"somebody who types the password {how}")
        thief.log_in(account.login, password)
        expect(
            not thief.logged_in(),
            expected=f"Only {whole!r} opens the account.",
            seen=f"The password {how} opened it as well.",
        )
    owner = trial.visitor(name=account.username)
    owner.log_in(account.login, whole)
    expect(
        owner.logged_in(),
        expected=f"The password {whole!r}, typed exactly, opens the account.",
        seen="It was refused, though the account was registered with it.",
    )
    letters = trial.name().lower().rstrip("0123456789")
    for what, password in (
        ("eight small letters", (letters + "qwzk")[:8]),
        ("only digits", "".join(str(ord(letter) % 10) for letter in letters * 2)),
    ):
        expect(
            _with_password(trial, password),
            expected=f"A password of {what} is accepted: {password!r}.",
            seen="It was refused.",
        )


# -- one account for each name


@check(
    "taken-name",
    needs=("register",),
    lesson="store-the-account",
    hints=(
        "Register twice with the same name. And then as ADA, when there is an Ada.",
        "The table refuses a second row with the same name, and that is an error which you have to "
        "catch. Its collation decides that Ada and ADA are one name.",
        "`except IntegrityError: return None` around the INSERT, and a message in the form.",
    ),
)
def test_taken_name(trial: Trial, account: Account) -> None:
    """A name that is taken is refused, in capitals or not."""
    name = account.username
    for how, other in (
        ("who takes a name that is taken", name),
        ("who takes it in capitals", name.upper()),
        ("who takes it in other case", name.swapcase()),
        ("who takes it with a blank after it", f"{name} "),
    ):
        expect_refused(trial, how, username=other)


@check(
    "taken-email",
    needs=("register",),
    lesson="store-the-account",
    hints=(
        "Register with an address that has an account, under another name.",
        "What holds for the name holds for the address: one account each, in capitals or not.",
        "`email VARCHAR(254) NOT NULL UNIQUE` in the table; the same `except IntegrityError` "
        "catches it.",
    ),
)
def test_taken_email(trial: Trial, account: Account) -> None:
    """An e-mail address that is taken is refused, in capitals or not."""
    for how, email in (
        ("who takes an address that is taken", account.email),
        ("who takes it in capitals", account.email.upper()),
    ):
        expect_refused(trial, how, email=email)


@check(
    "same-moment",
    needs=("taken-name", "taken-email"),
    lesson="store-the-account",
    hints=(
        "Two people want the same name and press the button at the same moment. Your app looks "
        "for the one, then for the other: free. Who gets it?",
        "Only the table can decide, because it does one thing after the other: by `UNIQUE` on each "
        "of the two columns. The slower one's INSERT fails then, and that is an answer, no crash.",
        "`username VARCHAR(50) NOT NULL UNIQUE`, the same for `email`, and "
        "`except IntegrityError:` around the INSERT.",
    ),
)
def test_same_moment(trial: Trial, account: Account) -> None:
    """Of two who want the same name at the same moment, one gets it and one is told."""
    for column in ("username", "email"):
        expect(
            keeps_unique(trial, column),
            expected=f"The table itself allows each {column} once: a unique index on it.",
            seen=f"There is no unique index on the column `{column}`: two requests at the same "
            "moment can both find it free, and both store it.",
        )
    before = trial.database.rows("accounts")
    for column in ("username", "email"):
        visitor = trial.visitor(name="the slower one of two")
        blank = visitor.open("register").visible_text
        with outrun(trial, account, column) as arranged:
            if not arranged:
                continue
            page = trial.register(visitor, **fields_for(trial))
        expect(
            trial.database.rows("accounts") == before,
            expected="The account that was there first stays as it is.",
            seen="The table `accounts` is not the same any more.",
        )
        expect_form_with_message(trial, page, blank, f"whose {column} was just taken")


@check(
    "look-alikes",
    needs=("log-in-by-email",),
    lesson="check-what-was-typed",
    hints=(
        "é can be written as one character or as two, and a Cyrillic а looks just like a Latin a. "
        "And what if somebody's name is somebody else's e-mail address?",
        "Refusing such names is the simplest answer. If you accept them, each must open its own "
        "account and no other.",
        '`re.compile(r"[A-Za-z0-9_.-]{1,50}")` allows none of them, nor an @.',
    ),
)
def test_look_alikes(trial: Trial, account: Account) -> None:
    """Names that look alike, or like an address, never open somebody else's account."""
    first = trial.name()
    later = f"{trial.name().lower()}@example.org"
    for username in (
        f"Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}{first}",
        f"Zoe\N{COMBINING DIAERESIS}{first}",
        f"Zoe{first}",
        "".join(chr(ord(letter) + 0xFEE0) for letter in account.username),  # full width
        f"{account.username}\N{ZERO WIDTH SPACE}",
        account.email,
        later,
    ):
        typed = fields_for(trial, username=username)
        trial.register(trial.visitor(name=f"somebody called {username!r}"), **typed)
        if row_of(trial.database, typed["email"]) is None:
            continue
        own = _account(trial, typed)
        for login in (username, own.email):
            visitor = trial.visitor(name=f"the same person, as {login!r},")
            visitor.log_in(login, typed["password"])
            page = visitor.open("dashboard")
            expect(
                shows_account(page, own) or not shows_account(page, account),
                expected=f"{username!r} never gets into the account of {account.username!r}.",
                seen=f"With a password of their own they see {account.email}.",
            )
    owners = [account]
    typed = fields_for(trial, email=later)
    trial.register(trial.visitor(name="the owner of that address"), **typed)
    if row_of(trial.database, later) is not None:
        owners.append(_account(trial, typed))
    for owner in owners:
        visitor = trial.visitor(name=owner.username)
        visitor.log_in(owner.login, owner.password)
        expect(
            shows_account(visitor.open("dashboard"), owner),
            expected=f"{owner.username} can log in with {owner.email}, whatever names others have.",
            seen=f"Somebody else is called {owner.email!r}; since then it does not work.",
        )


# -- what becomes of what was typed


@check(
    "entered-values-kept",
    needs=("two-passwords",),
    lesson="the-registration-page",
    hints=(
        "Make one mistake in the form. What do you have to type again?",
        "Hand name and address back to the template, which puts them into the fields; never the "
        "passwords.",
        '`return render_template("register.html", username=username, email=email)` and '
        '`value="{{ username }}"` in the field.',
    ),
    either=True,
)
def test_entered_values_kept(trial: Trial) -> None:
    """After a mistake the form still holds name and e-mail, but never a password."""
    typed = fields_for(trial, confirmation=trial.password())
    page = trial.register(trial.visitor(name="somebody who types two passwords"), **typed)
    form = page.find_form("register", trial.paths["register"])
    assert form is not None
    shown = {str(role): field.value for role, field in form.roles.items()}
    for role in ("username", "email"):
        kept = shown.get(role, "")
        expect(
            kept == typed[role],
            expected=f"The field for the {role} still holds {typed[role]!r}.",
            seen=f"It holds {kept!r}.",
        )
    for role in ("password", "confirmation"):
        expect(
            typed[role] not in page.text,
            expected="A typed password is in no page that the app sends back.",
            seen="The password stands in the page.",
        )


@check(
    "names-escaped",
    needs=("dashboard",),
    lesson="the-dashboard",
    hints=(
        "Somebody registers, or logs in, as `<b>Ada</b>`. Is the page bold?",
        "Jinja escapes `{{ name }}` in `.html` templates. `|safe`, `Markup` and pages put together "
        "with f-strings switch that off, and `render_template_string` runs what was typed.",
        "Hand what was typed to `render_template` as a value, and write `{{ username }}`, nothing "
        "else.",
    ),
    either=True,
)
def test_names_escaped(trial: Trial) -> None:
    """What is typed is never part of a page's code: refused, or shown as it was typed."""
    for pattern in ("<b/id={}>", "'\"><b/id={}>", "{}{{{{7*191}}}}"):
        mark = trial.name().lower()
        username = pattern.format(mark)
        typed = fields_for(trial, username=username)
        visitor = trial.visitor(name=f"somebody called {username!r}")
        pages = [trial.register(visitor, **typed)]
        if row_of(trial.database, typed["email"]) is not None:
            pages.append(visitor.open("dashboard"))
            expect(
                visitor.sees(username) or _takes_effect(pages[-1], mark),
                expected=f"Who registered as {username!r} is greeted as {username!r}.",
                seen=f"The dashboard shows {brief(pages[-1])}.",
            )
            pages += [visitor.open("home"), trial.log_out(visitor)]
        stranger = trial.visitor(name="somebody who types code")
        pages.append(trial.register(stranger, **fields_for(trial, email=f"{username}@example.org")))
        other = trial.visitor(name="somebody who logs in with code")
        pages.append(other.log_in(username, trial.password()))
        renamed = _renamed(trial, username)
        pages += [renamed.open("dashboard"), renamed.open("home")]
        for page in pages:
            expect(
                not _takes_effect(page, mark),
                expected=f"{username!r} is text wherever it appears.",
                seen=f"On {page.url.target} it became part of the page's code.",
            )


@check(
    "injection-register",
    needs=("log-in-by-email",),
    lesson="store-the-account",
    hints=(
        "An INSERT is a query too. What does yours look like when the password has a quote in it?",
        "Every value goes to the driver as a parameter, in every statement, also in one that only "
        "looks whether a name is taken.",
        '`cursor.execute("INSERT INTO accounts (username, email, password) VALUES (%s, %s, %s)", '
        "(username, email, password))`.",
    ),
)
def test_injection_register(trial: Trial, account: Account) -> None:
    """No SQL typed into the registration form is executed."""
    trial.database.execute("CREATE TABLE canary (id INT PRIMARY KEY)")
    known = {row["id"]: row for row in trial.database.rows("accounts")}
    for number, ending in enumerate(("'); ", "', 'x'); ", "', 'x', 'x'); ", '"); ', "'; ")):
        attack = f"x{number}{ending}DROP TABLE canary; -- "
        everything = [
            fields_for(trial, password=attack),
            fields_for(trial, username=attack[:50]),
            fields_for(trial, email=attack),
        ]
        for typed in everything:
            trial.register(trial.visitor(name="an attacker"), **typed)
        trial.database.wait_until_idle(1.0)
        found = {row["id"]: row for row in trial.database.rows("accounts")}
        new = [str(row["username"]) for key, row in found.items() if key not in known]
        expect(
            "canary" in trial.database.tables()
            and all(found.get(key) == row for key, row in known.items())
            and len(set(new)) == len(new)
            and set(new) <= {typed["username"].strip() for typed in everything},
            expected="What is typed into the form is only ever stored, never executed.",
            seen=f"After typing {attack!r} the database was not as it should be.",
        )
        known = found
    typed = everything[0]
    expect(
        row_of(trial.database, typed["email"]) is not None,
        expected=f"{attack!r} is a password like any other.",
        seen="It was refused.",
    )
    mine = _account(trial, typed)
    owner = trial.visitor(name=mine.username)
    owner.log_in(mine.login, attack)
    expect(
        owner.logged_in(),
        expected=f"{attack!r} is a password like any other, and logs its owner in.",
        seen="It was refused when logging in.",
    )


@check(
    "odd-registrations",
    needs=("register",),
    lesson="check-what-was-typed",
    hints=(
        "Programs send anything: a field twice, JSON, a megabyte. What does your app answer?",
        "Look at what arrived before you store it: what passes your patterns cannot upset the "
        "table.",
        '`request.form.get(name, "")` for every field, and `problems_with(…)` before the INSERT.',
    ),
)
def test_odd_registrations(trial: Trial) -> None:
    """Whatever is sent to the registration page, the answer is a page or a 4xx."""
    form = register_form(trial, trial.visitor())
    for what, content_type, body in odd_bodies(dict(sent(form, fields_for(trial)))):
        visitor = trial.visitor(name=f"a program that sends {what}")
        register_form(trial, visitor)
        page = visitor.request("POST", form.action, body=body, content_type=content_type)
        expect(
            page.status < 500,
            expected="A page, or an error of the 4xx kind.",
            seen=f"Sending {what} was answered with {page.status}.",
        )
    typed = fields_for(trial)
    trial.register(trial.visitor(name="somebody who comes afterwards"), **typed)
    expect(
        row_of(trial.database, typed["email"]),
        expected="After all that, registering works as before.",
        seen="No account was made.",
    )


@check(
    "extra-fields",
    needs=("register",),
    lesson="store-the-account",
    hints=(
        "A program adds fields to the form that you never wrote: `id`, `active`, `role`. Where do "
        "they end up?",
        "The statement names the columns, and your code says which value goes where. Nothing that "
        "was sent may choose.",
        "Never build columns from `request.form`; `INSERT INTO accounts (username, email, "
        "password) VALUES (%s, %s, %s)` takes three values and no more.",
    ),
    either=True,
)
def test_extra_fields(trial: Trial) -> None:
    """Fields that the form does not have are ignored."""
    for extra in (
        {"id": "4711", "active": "0"},
        {"account_id": "4711", "is_admin": "1", "role": "admin", "admin": "true"},
    ):
        typed = fields_for(trial)
        visitor = trial.visitor(name="a program that adds fields")
        form = register_form(trial, visitor)
        fields = [*sent(form, typed), *extra.items()]
        visitor.request("POST", form.action, form=fields, content_type=form.enctype)
        row = row_of(trial.database, typed["email"])
        expect(
            row is None or (row["id"] != 4711 and row["active"]),
            expected="Id and state of a new account are the app's to choose.",
            seen="The fields `id` and `active`, which the form does not have, were stored.",
        )


# -- the session


@check(
    "new-session",
    needs=("log-in-by-email", "register-logs-in"),
    lesson="the-session-holds-an-id",
    hints=(
        "Somebody prepares a browser at a shared computer and waits. What of that is still in the "
        "session after you have logged in?",
        "A login starts a new session: what was there before belongs to somebody else.",
        '`session.clear()` right before `session["account_id"] = account_id`, in the one '
        "function that both views call.",
    ),
    either=True,
)
def test_new_session(trial: Trial, account: Account) -> None:
    """Logging in and registering begin a new session: nothing of the old one is left."""
    key = trial.settings["SECRET_KEY"]
    owner = trial.visitor(name=account.username)
    owner.log_in(account.login, account.password)
    cookie = session_cookie(owner, key)
    someone = fields_for(trial)

    def log_in(victim: Visitor) -> None:
        victim.log_in(account.login, account.password)

    def register(victim: Visitor) -> None:
        trial.register(victim, **someone)

    ways: tuple[tuple[str, str, Callable[[Visitor], None]], ...] = (
        ("logs in", account.username, log_in),
        ("registers", someone["username"], register),
    )
    for what, name, enter in ways:
        attacker = trial.visitor(name="somebody who was at this computer before")
        attacker.open("login")
        if cookie is not None:
            planted = (session_of(attacker, key) or {}) | {"planted": trial.name()}
            attacker.cookies.set(cookie, signed(planted, key))
        victim = trial.visitor(name=f"the one who {what} there")
        victim.cookies = attacker.cookies.copy()
        enter(victim)
        left = session_of(victim, key) or {}
        expect(
            "planted" not in left,
            expected=f"Whoever {what} gets a session with nothing of the old one in it.",
            seen="What was in the session before is still there.",
        )
        attacker.names.append(name)
        expect(
            not attacker.logged_in(),
            expected=f"A cookie from before is worth nothing after somebody {what} with it.",
            seen="Whoever has a copy of the old cookie is logged in as well.",
        )


@check(
    "switch-account",
    needs=("dashboard",),
    lesson="the-session-holds-an-id",
    hints=(
        "Log in as one account, then, without logging out, as another. Who are you?",
        "Something of the first login is still in the session, or the second one is not stored.",
        '`session.clear()`, then `session["account_id"] = account_id`; no `setdefault`, and no '
        "second key for the name.",
    ),
    either=True,
)
def test_switch_account(trial: Trial, visitor: Visitor, account: Account) -> None:
    """Who logs in as somebody else is that account and no other."""
    second = trial.account()
    visitor.log_in(account.login, account.password)
    if visitor.find_login_form() is None:  # led away from it: nobody can switch
        return
    visitor.log_in(second.login, second.password)
    page = visitor.open("dashboard")
    expect(
        shows_account(page, second) and page.greets(second.username),
        expected=f"After logging in as {second.username}, the dashboard is {second.username}'s.",
        seen=f"It shows {brief(page)}.",
    )
    expect(
        not shows_account(page, account) and not page.greets(account.username),
        expected=f"Nothing of {account.username}, who was logged in before, is left.",
        seen=f"It shows {brief(page)}.",
    )


@check(
    "session-holds-id-only",
    needs=("dashboard",),
    lesson="the-session-holds-an-id",
    hints=(
        "The session cookie can be read by whoever has it. What does yours tell?",
        "An id is enough: everything else is in the table, where it is up to date.",
        '`session["account_id"] = account["id"]` and nothing else; look the account up by it.',
    ),
    either=True,
)
def test_session_holds_id_only(trial: Trial, visitor: Visitor, account: Account) -> None:
    """Cookies hold no name, no e-mail address and no password, not even in disguise."""
    visitor.log_in(account.login, account.password)
    expect_shielded(visitor)
    visitor.open("dashboard")  # shows what was flashed, and so takes it out of the session
    secrets = {
        "the account's name": account.username,
        "its e-mail address": account.email,
    } | {f"its password{how}": text for how, text in disguises_of(account.password).items()}
    stored = (row_of(trial.database, account.email) or {}).get("password")
    if stored:
        secrets["what is stored for the password"] = str(stored)
    _hold_none_of(visitor, secrets, "Whoever is logged in")
    typed = fields_for(trial, confirmation=trial.password())
    clumsy = trial.visitor(name="somebody who makes a mistake when registering")
    trial.register(clumsy, **typed)
    passwords = disguises_of(typed["password"])
    _hold_none_of(
        clumsy, {f"the typed password{how}": text for how, text in passwords.items()}, "Nobody else"
    )


@check(
    "deleted-account",
    needs=("dashboard",),
    lesson="the-session-holds-an-id",
    hints=(
        "You are logged in, and somebody deletes your account. What does your next click show?",
        "The session still has the id, but the query finds no row: `None`, which has no "
        "`username`.",
        "One function that returns the account or `None`, and `if account is None:` in every view "
        "that asks it.",
    ),
)
def test_deleted_account(trial: Trial, visitor: Visitor, account: Account) -> None:
    """Whoever is logged in when the account is deleted is a stranger from then on."""
    visitor.log_in(account.login, account.password)
    delete_account(trial, account)
    visitor.tell(f"did nothing while the account {account.username} was deleted")
    for name in ("dashboard", "home"):
        page = visitor.open(name)
        expect(
            not page.problem and not shows_account(page, account),
            expected=f"{trial.paths[name]} takes the visitor for a stranger.",
            seen=f"It ended at {page.url.target} with {page.described()}.",
        )
    expect(
        not visitor.logged_in(),
        expected="An account that is gone logs nobody in.",
        seen="Somebody is still logged in.",
    )
    expect(
        visitor.find_login_form() is not None,
        expected=f"{trial.paths['login']} shows the form, so that one can log in anew.",
        seen=f"It shows {visitor.page.described() if visitor.page else 'nothing'}.",
    )


@check(
    "disabled-account",
    needs=("log-in-by-email",),
    lesson="log-in-by-e-mail-or-username",
    hints=(
        "The table has a column `active`. Set it to 0 for your account, and log in.",
        "A disabled account is refused like a wrong password, in the same words: whether it exists "
        "is nobody's business.",
        '`if account is not None and is_password_of(account, password) and account["active"]:`',
    ),
)
def test_disabled_account(trial: Trial, account: Account) -> None:
    """A disabled account cannot log in, and a stranger does not learn that it is one."""
    trial.set_active(account, False)
    visitor = trial.visitor(name=f"{account.username}, whose account is disabled,")
    blank = visitor.open("login").visible_text
    page = visitor.log_in(account.login, account.password)
    expect(
        not visitor.logged_in(),
        expected="An account whose column `active` is 0 cannot log in.",
        seen="The right password let it in.",
    )
    expect(
        page.visible_text != blank,
        expected="The page says that logging in did not work.",
        seen=f"The app showed {page.url.target} just as before, without any message.",
    )
    guesser = trial.visitor(name="a stranger who guesses")
    unknown, password = trial.unknown_login(), trial.password()
    first = generic(guesser.log_in(account.login, password), account.login)
    second = generic(trial.visitor().log_in(unknown, password), unknown)
    expect(
        first == second,
        expected="With a wrong password, a disabled account looks like one that does not exist.",
        seen=f"The one: {first[0]}, “{first[1][:120]}”. The other: {second[0]}, "
        f"“{second[1][:120]}”.",
    )
    trial.set_active(account, True)
    again = trial.visitor(name=f"{account.username}, whose account is active again,")
    again.log_in(account.login, account.password)
    expect(
        again.logged_in(),
        expected="An account that is active again can log in.",
        seen="The right password was refused.",
    )


def _account(trial: Trial, typed: dict[str, str]) -> Account:
    """Return the account that was registered with what was typed."""
    row = row_of(trial.database, typed["email"])
    assert row is not None and isinstance(row["id"], int)
    return Account(row["id"], typed["username"], typed["password"], typed["email"])


def _with_password(trial: Trial, password: str) -> Account | None:
    """Let somebody register with this password; ``None`` if it is refused."""
    typed = fields_for(trial, password=password)
    trial.register(trial.visitor(name="somebody new"), **typed)
    return None if row_of(trial.database, typed["email"]) is None else _account(trial, typed)


def _renamed(trial: Trial, username: str) -> Visitor:
    """Log somebody in, then write a name into the table that no registration may have let in."""
    account = trial.account()
    visitor = trial.visitor(name=account.username)
    visitor.log_in(account.login, account.password)
    trial.database.execute(
        "UPDATE accounts SET username = %s, email = %s WHERE id = %s",
        (f"{username}!", f"{username}@example.net", account.id),
    )
    visitor.story.append(f"In the table, the account was renamed to {f'{username}!'!r}.")
    return visitor


def _takes_effect(page: Page, mark: str) -> bool:
    """Tell whether hostile text became an element, or was calculated (7 * 191 is 1337)."""
    return bool(page.document.query(f"[id={mark}]")) or f"{mark}1337" in page.text


def _hold_none_of(visitor: Visitor, secrets: dict[str, str], who: str) -> None:
    for cookie in visitor.cookies:
        for text in map(_without_messages, readable_parts(cookie.value)):
            for what, secret in secrets.items():
                expect(
                    secret.casefold() not in text.casefold(),
                    expected="Cookies hold an id at most: whoever sees them can read them.",
                    seen=f"{who} has a cookie {cookie.name!r} that holds {what}.",
                )


def _without_messages(text: str) -> str:
    """Leave out flashed messages, which may greet somebody, from what a session holds."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(found, dict):
        found.pop("_flashes", None)
    return json.dumps(found, ensure_ascii=False)
