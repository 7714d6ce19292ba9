"""The checks of step 05: sessions left to Flask-Login."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qsl, quote

from checker.suites import next_vectors
from checker.suites.check import Account, check, expect
from checker.suites.next_vectors import Vector
from checker.suites.old_passwords import open_nothing_to_others
from checker.suites.people import accounts_in, delete_account, links_within, row_of, shows_account
from checker.suites.signed_sessions import session_cookie, session_of, signed
from checker.suites.trial import Trial
from checker.visitor import Field, Form, Page, Visitor
from checker.visitor.urls import parse_url

#: Pages that anybody may see, whatever they show to whom.
_PUBLIC = ("home", "login", "register")
_MOST_PAGES = 20


@check(
    "comes-back",
    needs=("right-password",),
    lesson="log-in-and-come-back",
    hints=(
        "Log out, open `/password`, and log in with the form that you are led to. Where do you end "
        "up, and where did you want to go?",
        "`login_manager.login_view` sends strangers to the form with `?next=/password` in the "
        "address. The view has to go there after a login, and the form must not lose it.",
        "`target = page_after_login()` at the top of `login()`, `return redirect(target)` after "
        'the login, and `<input type="hidden" name="next" value="{{ next }}">` in the form.',
    ),
    either=True,
)
def test_comes_back(trial: Trial, account: Account) -> None:
    """Whoever has to log in first comes back to the page they asked for."""
    dashboard, password = trial.paths["dashboard"], trial.paths["password"]
    for wanted in (password, f"{dashboard}?page=2&sort=name"):
        visitor = trial.visitor(name=f"somebody who wants to see {wanted}")
        page = _log_in_here(visitor, visitor.open(wanted), account)
        expect(
            _is_at(page, wanted),
            expected=f"After logging in, a visitor who asked for {wanted} is there.",
            seen=f"The visitor ended at {page.url.target}: {page.described()}.",
        )


@check(
    "comes-back-after-a-slip",
    needs=("comes-back",),
    lesson="log-in-and-come-back",
    hints=(
        "Open `/password`, mistype your password, then log in. Do you still end where you wanted?",
        "The form that is shown again after a mistake needs to know the page as well as the first "
        "one did.",
        "Hand `next=target` to the template at every `render_template`, not only on GET; `target` "
        'comes from `request.values.get("next")`, which reads address and form.',
    ),
    either=True,
)
def test_comes_back_after_a_slip(trial: Trial, account: Account) -> None:
    """One mistyped password does not make the app forget where you wanted to go."""
    wanted = trial.paths["password"]
    visitor = trial.visitor(name=f"somebody who wants to see {wanted}")
    slip = account._replace(password=account.password[:-1])
    page = _log_in_here(visitor, visitor.open(wanted), slip)
    page = _log_in_here(visitor, page, account)
    expect(
        _is_at(page, wanted),
        expected=f"After a mistyped password and the right one, the visitor is at {wanted}.",
        seen=f"The visitor ended at {page.url.target}: {page.described()}.",
    )


@check(
    "told-to-log-in",
    needs=("right-password",),
    lesson="who-is-logged-in",
    hints=(
        "Open `/dashboard` without being logged in. Does the page say why you see a form?",
        "Flask-Login flashes `login_message` under `login_message_category`. Your templates show "
        "flashed messages already, if they are asked for all categories.",
        '`login_manager.login_message = "Please log in to see this page."` and '
        '`login_manager.login_message_category = "error"`; `base.html` shows both.',
    ),
    databases=("sqlite",),
)
def test_told_to_log_in(trial: Trial) -> None:
    """Whoever is led to the login form reads why."""
    blank = trial.visitor(name="somebody who opens the login page").open("login")
    page = trial.visitor(name="somebody who opens the dashboard").open("dashboard")
    expect(
        page.find_form("login") is not None,
        expected=f"{trial.paths['dashboard']} leads strangers to the login form.",
        seen=f"A stranger ended at {page.url.target}: {page.described()}.",
    )
    expect(
        page.visible_text != blank.visible_text,
        expected="The page with the form says that one has to log in first.",
        seen="It reads like the login page of somebody who asked for nothing.",
    )


@check(
    "login-leads-home",
    needs=("right-password",),
    lesson="log-in-and-come-back",
    hints=(
        "Log in, then open `/login` once more. What should somebody see there who is logged in?",
        "A second form only confuses: who would be logged in afterwards? Ask `current_user` first.",
        "`if current_user.is_authenticated: return redirect(target)` before anything else in "
        "`login()`.",
    ),
    databases=("sqlite",),
)
def test_login_leads_home(trial: Trial, account: Account) -> None:
    """Whoever is logged in gets no second login form."""
    visitor = trial.visitor(name=account.username)
    visitor.log_in(account.login, account.password)
    page = visitor.open("login")
    expect(
        page.find_form("login") is None and page.status < 400 and not page.problem,
        expected=f"{trial.paths['login']} leads somebody who is logged in to another page.",
        seen=f"It ended at {page.url.target}: {page.described()}.",
    )
    expect(
        visitor.logged_in(),
        expected="Opening the login page changes nothing.",
        seen="The visitor is not logged in any more.",
    )


@check(
    "disabled-at-once",
    needs=("right-password",),
    lesson="who-is-logged-in",
    hints=(
        "Log in, then switch the account off in the table: `UPDATE accounts SET active = 0`. "
        "Reload the dashboard.",
        "Flask-Login asks the account: `is_active`. `UserMixin` answers that with `True` for "
        "everybody, and knows nothing of your column.",
        "A property `is_active` in `Account` that returns `self.active`. `UserMixin` asks it "
        "wherever Flask-Login asks `is_authenticated`.",
    ),
    either=True,
)
def test_disabled_at_once(trial: Trial, account: Account) -> None:
    """Disabling an account ends its sessions at once."""
    visitor = trial.visitor(name=account.username)
    visitor.log_in(account.login, account.password)
    expect(
        visitor.logged_in(),
        expected="The account can log in.",
        seen="It has the right password and was refused.",
    )
    trial.set_active(account, False)
    page = visitor.open("dashboard")
    expect(
        not shows_account(page, account) and not visitor.logged_in(),
        expected="Once the account is disabled, its session opens nothing.",
        seen="The session from before still opens the account's pages.",
    )
    trial.set_active(account, True)
    again = trial.visitor(name=f"{account.username}, allowed in again,")
    again.log_in(account.login, account.password)
    expect(
        again.logged_in(),
        expected="Once the account is enabled again, it can log in.",
        seen="It has the right password and was refused.",
    )


@check(
    "disabled-is-told",
    needs=("disabled-at-once",),
    lesson="log-in-and-come-back",
    hints=(
        "Disable an account and log in with its right password. What does the app say?",
        "`login_user()` returns `False` when `is_active` is false. Whoever ignores that "
        "redirects to the dashboard as if all were well.",
        "`if log_in(account): return redirect(target)`, where `log_in()` returns what "
        "`login_user(account)` returns; what comes after shows the error.",
    ),
    databases=("sqlite",),
)
def test_disabled_is_told(trial: Trial, account: Account) -> None:
    """A disabled account's login is refused with a message, not reported as a success."""
    trial.set_active(account, False)
    blank = trial.visitor(name="somebody who opens the login page").open("login").visible_text
    visitor = trial.visitor(name="the owner of a disabled account")
    page = visitor.log_in(account.login, account.password)
    expect(
        not visitor.logged_in(),
        expected="A disabled account cannot log in.",
        seen="It has logged in.",
    )
    own = [trial.paths[name].rstrip("/") for name in ("home", "dashboard", "password")]
    passed = [each.url.pathname for each in [*page.redirects, page]]
    success = [path for path in passed if path.rstrip("/") in own and path != trial.paths["login"]]
    expect(
        not success,
        expected="The login form comes again, with a message.",
        seen=f"The visitor was sent on to {''.join(success[:1])}, as if the login had worked.",
    )
    refused = page.find_form("login") is not None or page.status in (401, 403)
    expect(
        refused and page.visible_text != blank,
        expected="The login form comes again, with a message.",
        seen=f"The app showed {page.url.target}: {page.described()}, without any message.",
    )


@check(
    "session-of-nobody",
    needs=("disabled-at-once",),
    lesson="who-is-logged-in",
    hints=(
        "What does your `user_loader` return for an account that was deleted, or for the id `abc`?",
        "It must return `None`. An exception in it is a crash on every page, and `get_or_404` "
        "turns every page into 404, the login form as well.",
        "`try: return db.session.get(Account, int(account_id))` with "
        "`except (TypeError, ValueError, OverflowError): return None`.",
    ),
)
def test_session_of_nobody(trial: Trial, account: Account) -> None:
    """A session of an account that does not exist is a stranger's, and no page breaks."""
    gone = trial.account()
    visitor = trial.visitor(name=gone.username)
    visitor.log_in(gone.login, gone.password)
    delete_account(trial, gone)
    _expect_stranger(visitor, "of an account that was deleted")

    key = trial.settings["SECRET_KEY"]
    owner = trial.visitor(name=account.username)
    owner.log_in(account.login, account.password)
    name, session = session_cookie(owner, key), session_of(owner, key)
    if name is None or session is None:  # kept somewhere else: nobody can write one
        return
    for what, changed in _sessions_of_nobody(session, account, gone):
        visitor = owner.stranger(f"a browser whose session holds the id {what}")
        visitor.own_pages = owner.own_pages
        visitor.cookies = owner.cookies.copy()
        visitor.cookies.set(name, signed(changed, key))
        _expect_stranger(visitor, f"that holds the id {what}")


@check(
    "sign-in-log",
    needs=("right-password",),
    lesson="the-sign-in-log",
    hints=(
        "Log in and out, then look into every table. What is there that was not there before?",
        "Flask-Login sends the signals `user_logged_in` and `user_logged_out`; whoever is "
        "connected to them is called with the app and the account.",
        "`@user_logged_in.connect` above a function `(app, user)` that adds a row and commits; "
        "the same for `user_logged_out`.",
    ),
)
def test_sign_in_log(trial: Trial, account: Account) -> None:
    """The database notes who logs in and who logs out."""
    before = _dump(trial)
    visitor = trial.visitor(name=account.username)
    visitor.log_in(account.login, account.password)
    during = _dump(trial)
    expect(
        during != before,
        expected="After a login, some table has a new row or a changed one.",
        seen="No table has changed.",
    )
    trial.log_out(visitor)
    expect(
        _dump(trial) != during,
        expected="After logging out, some table has a new row or a changed one.",
        seen="No table has changed since the login.",
    )


@check(
    "logout-leaves-nothing",
    needs=("sign-in-log",),
    lesson="log-out",
    hints=(
        "`logout_user()` takes its own entries out of the session. What about yours?",
        "Whoever uses the browser next must not find what the one before left in the session.",
        "`session.clear()` and then `logout_user()` in `logout()`.",
    ),
    databases=("sqlite",),
)
def test_logout_leaves_nothing(trial: Trial, account: Account) -> None:
    """Logging out leaves nothing of the account in the session."""
    key = trial.settings["SECRET_KEY"]
    visitor = trial.visitor(name=account.username)
    visitor.log_in(account.login, account.password)
    name, session = session_cookie(visitor, key), session_of(visitor, key)
    if name is not None and session is not None:
        session["basket"] = ["something of the one before"]
        visitor.cookies.set(name, signed(session, key))
        visitor.tell("put something into the basket, which the session keeps")
    trial.log_out(visitor)
    left = session_of(visitor, key) or {}
    for entry in ("basket", "_user_id", "user_id", "account_id"):
        expect(
            entry not in left,
            expected="After logging out, the session holds nothing of the account any more.",
            seen=f"It still holds the entry {entry!r}.",
        )
    expect(
        not visitor.logged_in(),
        expected="After logging out, nobody is logged in.",
        seen="The account is still logged in.",
    )


@check(
    "every-page-guarded",
    needs=("told-to-log-in",),
    lesson="the-guard",
    hints=(
        "List your routes with `flask routes`. Which of them may a stranger see?",
        "`@login_required` guards what stands below it: above `@app.route` it guards nothing. And "
        "a page where it was forgotten is open.",
        "`@app.route(…)` first, `@login_required` right above `def`; or for all pages at once: "
        "`@app.before_request` with a list of the public ones.",
    ),
    either=True,
)
def test_every_page_guarded(trial: Trial, account: Account) -> None:
    """Every page of an account is closed to strangers, not only the dashboard."""
    owner = trial.visitor(name=account.username)
    owner.log_in(account.login, account.password)
    pages = _pages_of(owner, trial, account)
    for path, page in pages.items():
        stranger = trial.visitor(name="a stranger")
        seen = stranger.open(path)
        is_open = _is_at(seen, path) and seen.status < 400 and seen.find_form("login") is None
        members = {form.kind for form in page.forms} & {"password", "confirm", "logout"}
        theirs = {form.kind for form in seen.forms} & members
        expect(
            not shows_account(seen, account) and not (is_open and (theirs or _is_own(page, trial))),
            expected=f"{path} leads strangers to the login form, or refuses them.",
            seen=f"A stranger ended at {seen.url.target} and was shown the page.",
        )
    before = row_of(trial.database, account.email)
    for form in [form for page in pages.values() for form in page.forms if form.method == "post"]:
        if form.kind != "logout":
            stranger = trial.visitor(name="a stranger with a form of somebody else's")
            stranger.submit(form, _typed(form, account))
    expect(
        row_of(trial.database, account.email) == before,
        expected="A form that a stranger sends changes no account.",
        seen="After a stranger sent the account's own forms, its row was not the same any more.",
    )


@check(
    "next-stays-here",
    needs=("comes-back",),
    lesson="log-in-and-come-back",
    hints=(
        "Send a friend the link `/login?next=//evil.example/` of your own site. Where does the "
        "login lead?",
        "`next` is written by whoever made the link. Only go to a path of this site: one slash "
        "first, and then neither a slash nor a backslash nor a tab, all of which browsers read in "
        "their own way.",
        r'`LOCAL = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f\x7f-\x9f]*")` and '
        '`return target if LOCAL.fullmatch(target) else url_for("dashboard")`.',
    ),
    databases=("sqlite",),
)
def test_next_stays_here(trial: Trial, account: Account) -> None:
    """No link to the login form leads off the site after logging in."""
    names = _names_of_next(trial)
    for vector in (vector for vector in next_vectors.load() if vector.first):
        visitor = trial.visitor(name="somebody who followed a prepared link")
        page = visitor.open(_prepared(trial, names, vector))
        form = page.find_form("login")
        if form is None:  # refused already
            continue
        form = _prepared_form(form, names, vector)
        page = visitor.submit(form, _typed(form, account))
        _expect_here(visitor, page, vector, "After logging in")


@check(
    "next-of-any-kind",
    needs=("comes-back",),
    lesson="log-in-and-come-back",
    hints=(
        "Open `/login?next=//[/`, logged in and logged out. Does it crash?",
        "`urlsplit()` raises `ValueError` for half a bracket, and a line break cannot stand in a "
        "header. Ask a rule of yours first, and use `next` nowhere without it.",
        "Take `next` in one place, `page_after_login()`, and let every redirect, link and form use "
        "what that returns.",
    ),
    databases=("sqlite",),
)
def test_next_of_any_kind(trial: Trial, account: Account) -> None:
    """Whatever stands behind next=, the login page neither crashes nor leads away."""
    names = _names_of_next(trial)
    member = trial.visitor(name="somebody who is logged in")
    member.log_in(account.login, account.password)
    stranger = trial.visitor(name="somebody who is not logged in")
    for vector in next_vectors.load():
        for visitor in (stranger, member):
            page = visitor.open(_prepared(trial, names, vector))
            _expect_here(visitor, page, vector, "On the login page")
            for form in page.forms:
                _expect_inside(form.action, vector, "its form is sent")
            for link in page.links:
                _expect_inside(link.url, vector, "a link leads")
    mark = trial.name().lower()
    code = Vector(
        f"/'\"><b/id={mark}>", "either", "", "code, which a page must not take for its own"
    )
    page = stranger.open(_prepared(trial, names, code))
    expect(
        not page.document.query(f"[id={mark}]"),
        expected="What stands in the address is text wherever it appears in the page.",
        seen="It became part of the login page's code.",
    )


@check(
    "accounts-of-step-04",
    needs=("sign-in-log",),
    lesson="the-sign-in-log",
    hints=(
        "Copy the database of your step 04 and start this step on it. Can the old accounts log in?",
        "A new table has to be made where the old ones are already, and no row of theirs may "
        "change.",
        "`db.create_all()` makes the tables that are missing. Leave the columns of `accounts` as "
        "they are, and put the log into a table of its own.",
    ),
    fresh=True,
)
def test_accounts_of_step_04(trial: Trial) -> None:
    """Accounts made by step 04's app log in here, on the same database, and none is lost."""
    old = trial.previous_app()
    accounts = [trial.account(app=old) for _ in range(2)]
    browser = trial.visitor(old, name="somebody who logged in before the change")
    browser.log_in(accounts[0].login, accounts[0].password)
    before = accounts_in(trial.database)
    new = trial.start()
    browser.app = new
    browser.paths = trial.paths
    for name in ("home", "dashboard", "login"):  # as whom does not matter
        browser.open(name)
    for account in accounts:
        visitor = trial.visitor(new, name=account.username)
        visitor.log_in(account.login, account.password)
        expect(
            visitor.logged_in() and shows_account(visitor.open("dashboard"), account),
            expected=f"The account {account.username}, made by step 04's app, logs in here.",
            seen="It has the right password and was refused.",
        )
    expect(
        accounts_in(trial.database) == before,
        expected="Every row of the table `accounts` is still there, with its name and address.",
        seen="They are not the same any more.",
    )
    open_nothing_to_others(trial, new)


# -- coming back


def _log_in_here(visitor: Visitor, page: Page, account: Account) -> Page:
    """Let a visitor fill in the login form that is on the page in front of them."""
    form = page.find_form("login")
    expect(
        form is not None,
        expected="There is the login form.",
        seen=f"The visitor ended at {page.url.target}: {page.described()}.",
    )
    assert form is not None
    return visitor.submit(form, _typed(form, account))


def _typed(form: Form, account: Account) -> dict[Field | str, str | bool]:
    """Return what the owner of an account types into a form of theirs."""
    known = {
        "username": account.login if form.kind == "login" else account.username,
        "email": account.email,
        "password": account.password if form.kind != "password" else account.password + "+",
        "confirmation": account.password + "+",
        "current_password": account.password,
    }
    return {field: known[role] for role, field in form.roles.items()}


def _is_at(page: Page, wanted: str) -> bool:
    """Tell whether a page is the wanted one, query included; a slash at the end is free."""
    path, _, query = wanted.partition("?")
    same_path = page.url.pathname.rstrip("/") == path.rstrip("/")
    return same_path and sorted(parse_qsl(page.url.query or "")) == sorted(parse_qsl(query))


# -- sessions


def _expect_stranger(visitor: Visitor, what: str) -> None:
    """Expect that a browser's session counts for nothing and breaks nothing."""
    for name in ("login", "home", "dashboard"):
        page = visitor.open(name)
        expect(
            page.status < 400 or (name != "login" and page.status in (401, 403)),
            expected=f"With a session {what}, {visitor.paths[name]} is what strangers see.",
            seen=f"It ended at {page.url.target}: {page.described()}.",
        )
    expect(
        not visitor.logged_in(),
        expected=f"A session {what} is nobody's.",
        seen="Somebody is logged in.",
    )


def _sessions_of_nobody(
    session: dict[str, Any], account: Account, gone: Account
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield an id that is nobody's, and the session with it where the account's was."""
    own = {name: value for name, value in session.items() if not isinstance(value, bool)}
    texts = [name for name, value in own.items() if name == "_user_id" or value == str(account.id)]
    numbers = [name for name, value in own.items() if value == account.id]
    for text in (
        "abc",
        "",
        "-1",
        "0",
        "1.5",
        "1e3",
        "None",
        "1 OR 1=1",
        "\u0661\u0662\u0663\u0664",
    ):
        yield repr(text), session | dict.fromkeys([*texts, *numbers], text)
    for number in (gone.id, account.id + 1_000_000, 10**30):
        yield (
            str(number),
            session | dict.fromkeys(texts, str(number)) | dict.fromkeys(numbers, number),
        )


def _dump(trial: Trial) -> dict[str, Any]:
    trial.database.wait_until_idle(1.0)
    return trial.database.dump()


# -- pages of an account


def _pages_of(owner: Visitor, trial: Trial, account: Account) -> dict[str, Page]:
    """Return the pages that a logged-in visitor comes to by links, but those for everybody."""
    public = {trial.paths[name].rstrip("/") for name in _PUBLIC}
    waiting = [trial.paths["dashboard"], trial.paths["password"], trial.paths["home"]]
    seen: set[str] = set()
    pages: dict[str, Page] = {}
    while waiting and len(seen) < _MOST_PAGES:
        asked = waiting.pop(0)
        url = parse_url(asked, owner.base)
        if url is None or url.target in seen or url.pathname == trial.paths["logout"]:
            continue
        seen.add(url.target)
        page = owner.open(url.target)
        waiting += links_within(owner, page)
        if url.pathname.rstrip("/") in public or page.status >= 400:
            continue
        if _is_own(page, trial) or shows_account(page, account) or page.greets(account.username):
            pages[url.target] = page
    return pages


def _is_own(page: Page, trial: Trial) -> bool:
    """Tell whether a page is one of the two that are always an account's own."""
    own = [trial.paths[name].rstrip("/") for name in ("dashboard", "password")]
    return page.url.pathname.rstrip("/") in own


# -- next


def _names_of_next(trial: Trial) -> list[str]:
    """Return under which names the app itself hands on where a visitor wanted to go."""
    wanted = trial.paths["password"]
    page = trial.visitor(name="somebody who is not logged in").open(wanted)
    pairs = parse_qsl(page.url.query or "")
    pairs += [
        (field.name, field.value)
        for form in page.forms
        for field in form.fields
        if field.type == "hidden"
    ]
    return list(dict.fromkeys(["next", *(name for name, value in pairs if wanted in value)]))


def _prepared(trial: Trial, names: list[str], vector: Vector) -> str:
    """Return the address of the login page with an address to go to behind it."""
    return _with_query(trial.paths["login"], names, vector)


def _with_query(address: str, names: list[str], vector: Vector) -> str:
    query = "&".join(f"{name}={quote(vector.value, safe='')}" for name in names)
    start, hash_sign, end = address.partition("#")
    return f"{start}{'&' if '?' in start else '?'}{query}{hash_sign}{end}"


def _prepared_form(form: Form, names: list[str], vector: Vector) -> Form:
    """Return the form with an address to go to: behind its own address, and among its fields."""
    form = deepcopy(form)
    address = form.action.partition("?")[0]
    form.action = _with_query(address, names, vector)
    for name in names:
        field = form.named(name)
        if field is None:
            field = Field(name, "hidden")
            form.controls.append(field)
        field.value = vector.value
    return form


def _expect_here(visitor: Visitor, page: Page, vector: Vector, when: str) -> None:
    """Expect that the browser was sent nowhere but to pages of this site."""
    expect(
        page.left_site is None,
        expected=f"{when}, next={vector.value!r} leads to a page of this site.",
        seen=f"The browser was sent to {page.left_site}. {vector.why}",
    )


def _expect_inside(address: str, vector: Vector, what: str) -> None:
    url = parse_url(address)
    away = url is None or url.scheme == "javascript" or "evil" in (url.host or "")
    expect(
        not away,
        expected=f"The login page leads nowhere else, with next={vector.value!r} behind it.",
        seen=f"On that page {what} to {address[:100]}. {vector.why}",
    )
