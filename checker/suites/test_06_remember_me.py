"""The checks of step 06: browsers that are remembered, and what that costs."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from checker.suites.browsers import (
    box_of,
    copy_of,
    device_of,
    form_and_box,
    log_in,
    remembering,
    replace,
    stop_the_clock,
    typed_by,
    without,
)
from checker.suites.check import Account, check, expect
from checker.suites.cookie_contents import disguises_of, readable_parts
from checker.suites.last_visits import (
    ABOUT,
    came_back,
    dashboard_after,
    iso,
    keeping_the_visit,
    listed_times,
    now_of,
    other_times,
    shows_old_time,
    shows_time,
    visit,
)
from checker.suites.old_passwords import open_nothing_to_others
from checker.suites.password_page import change_password, password_form, sent_to_change
from checker.suites.people import accounts_in, delete_account, row_of, shows_account
from checker.suites.trial import Trial, WatchedApp
from checker.verdicts.outcomes import Notice
from checker.visitor import Cookie, Visitor
from checker.visitor.words import lasting

_MINUTE, _HOUR, _DAY = 60, 60 * 60, 24 * 60 * 60
#: The longest that a browser may be remembered, and that a session may last without use.
_LONGEST_MEMORY, _LONGEST_SESSION = 30 * _DAY, 24 * _HOUR
_ONE_COOKIE = 4093  # bytes for everything, beyond which Werkzeug warns and browsers may refuse


@check(
    "remember-box",
    needs=("right-password",),
    lesson="the-box",
    hints=(
        "Open your login page. Where would a visitor say that this browser is their own?",
        'A checkbox is `<input type="checkbox">` with a `name` and a label. Only a ticked one is '
        "sent at all.",
        '`<input name="remember" type="checkbox">` in the form, and '
        '`remember = "remember" in request.form` in the view.',
    ),
    databases=("sqlite",),
)
def test_remember_box(visitor: Visitor, trial: Trial) -> None:
    """The login form has a box to tick, to be remembered in this browser."""
    form_and_box(visitor)


@check(
    "remembered",
    needs=("remember-box",),
    lesson="log-in-for-a-month",
    hints=(
        "Log in with the box ticked, close the browser, open it again, and go to the dashboard.",
        "A session cookie ends with the browser. What stays is a second cookie with an end of its "
        "own, which Flask-Login sets and reads.",
        "`login_user(account, remember)` with `remember` true when the box was ticked.",
    ),
)
def test_remembered(trial: Trial, account: Account) -> None:
    """With the box ticked, you are still logged in after closing the browser."""
    device = device_of(trial, account, remember=True)
    device.restart_browser()
    expect(
        device.logged_in() and shows_account(device.open("dashboard"), account),
        expected="Whoever ticked the box is logged in when the browser is opened again.",
        seen="The visitor is a stranger again.",
    )


@check(
    "unticked-is-forgotten",
    needs=("remembered",),
    lesson="log-in-for-a-month",
    hints=(
        "Log in without ticking the box, close the browser and come back. Who are you?",
        "On a shared computer nobody wants to be remembered unasked. An unticked box is not sent.",
        '`remember = "remember" in request.form`, and neither `remember=True` in the code nor '
        "`session.permanent = True`.",
    ),
    databases=("sqlite",),
)
def test_unticked_is_forgotten(trial: Trial, account: Account) -> None:
    """Without the tick, closing the browser logs you out."""
    device = device_of(trial, account, remember=False)
    expect(
        device.logged_in(),
        expected="Without the tick one can log in as well.",
        seen="The account has the right password and was refused.",
    )
    device.restart_browser()
    expect(
        not device.logged_in(),
        expected="Whoever did not tick the box is a stranger when the browser is opened again.",
        seen="The account is still logged in.",
    )
    device = device_of(trial, account, remember=False)
    new = trial.password()
    change_password(device, account.password, new)
    device.restart_browser()
    expect(
        not device.logged_in(),
        expected="To change the password is not to ask to be remembered.",
        seen="The browser remembers an account since it changed its password.",
    )
    newcomer = trial.visitor(name="somebody new")
    name = trial.name()
    email, password = f"{name.lower()}@example.net", trial.password()
    trial.register(newcomer, username=name, email=email, password=password)
    newcomer.restart_browser()
    expect(
        not newcomer.logged_in(),
        expected="To register is not to ask to be remembered.",
        seen="The browser remembers an account since it was registered there.",
    )


@check(
    "remember-ends",
    needs=("remembered",),
    lesson="the-settings",
    hints=(
        "Look at the cookie's expiry in your browser's tools. How long is anybody remembered who "
        "finds this computer?",
        "Flask-Login's default is a year. Its setting is called `REMEMBER_COOKIE_DURATION`.",
        '`REMEMBER_COOKIE_DURATION = timedelta(days=30)`, and `app.config.from_object("settings")` '
        "before `login_manager.init_app(app)`.",
    ),
    databases=("sqlite",),
)
def test_remember_ends(trial: Trial, account: Account) -> None:
    """A browser is remembered for at least a day and at most 30 days, to the minute."""
    device = device_of(trial, account, remember=True)
    stop_the_clock(device)
    ends = [cookie.expires for cookie in remembering(device) if cookie.expires is not None]
    expect(
        ends,
        expected="A cookie with an end of its own remembers the browser.",
        seen="There is no such cookie.",
    )
    life = min(ends) - (device.now or 0)
    expect(
        _DAY - _MINUTE <= life <= _LONGEST_MEMORY + _MINUTE,
        expected="The cookie that remembers lives for at least a day and at most 30 days.",
        seen=f"It lives for {_told(life)}.",
    )
    early, late = (copy_of(device, f"the same browser {when}") for when in ("in time", "too late"))
    early.travel(life - _MINUTE)
    early.restart_browser()
    expect(
        early.logged_in(),
        expected=f"One minute before {_told(life)} are over, the browser is still known.",
        seen="It is a stranger's.",
    )
    late.travel(2 * _MINUTE)
    late.restart_browser()
    expect(
        not late.logged_in(),
        expected=f"One minute after {_told(life)}, the browser is forgotten.",
        seen="It is still known.",
    )


@check(
    "session-ends",
    needs=("right-password",),
    lesson="the-settings",
    hints=(
        "A browser that never closes keeps its session cookie. For how long does your app take it?",
        "The server looks at the time in the cookie's signature. Flask's default is 31 days, and "
        "that holds for a thief's copy too.",
        "`PERMANENT_SESSION_LIFETIME = timedelta(hours=8)`. Despite its name it holds for every "
        "session.",
    ),
    databases=("sqlite",),
)
def test_session_ends(trial: Trial, account: Account) -> None:
    """Without the tick, a session that nobody uses is over after a day at the latest."""
    form = trial.visitor(name=account.username).find_login_form()
    device = device_of(trial, account, remember=False if form and box_of(form) else None)
    stop_the_clock(device)
    soon, late = (copy_of(device, "the same browser") for _ in range(2))
    soon.travel(5 * _MINUTE)
    expect(
        soon.logged_in(),
        expected="Five minutes after logging in, one still is.",
        seen="The session is over already.",
    )
    late.travel(_LONGEST_SESSION - 4 * _MINUTE)
    expect(
        not late.logged_in(),
        expected="A day and a minute after its last use, a session is over.",
        seen="Its cookie still logs in.",
    )


@check(
    "login-cookies-shielded",
    needs=("remembered",),
    lesson="the-settings",
    hints=(
        "Look at the attributes of both cookies in your browser's tools, HttpOnly and SameSite.",
        "`SESSION_COOKIE_SAMESITE` is about the session only. The cookie that remembers has "
        "settings of its own.",
        '`REMEMBER_COOKIE_SAMESITE = "Lax"`; `REMEMBER_COOKIE_HTTPONLY` is on already.',
    ),
    databases=("sqlite",),
)
def test_login_cookies_shielded(trial: Trial, account: Account) -> None:
    """No script can read the cookies that log in, and no other site's form brings them along."""
    device = device_of(trial, account, remember=False)
    session = [each for each in device.cookies if not without(device, each).logged_in()]
    remembered = remembering(device_of(trial, account, remember=True))
    for cookie in [*session, *remembered]:
        expect(
            cookie.http_only,
            expected=f"The cookie {cookie.name!r} is marked HttpOnly.",
            seen=f"It is not, so any script in a page can read it: {_attributes(cookie)}.",
        )
        expect(
            cookie.same_site in ("lax", "strict"),
            expected=f"The cookie {cookie.name!r} is marked SameSite=Lax or SameSite=Strict.",
            seen=f"It is not, so forms of other sites may bring it along: {_attributes(cookie)}.",
        )


@check(
    "remember-cookie-tells-nothing",
    needs=("remembered",),
    lesson="what-the-cookie-holds",
    hints=(
        "Decode the cookie that remembers. What would somebody learn who reads it?",
        "It lies on the disk for a month. Names, passwords and hashes of them can be read, or "
        "guessed from, without any key.",
        "Let Flask-Login write it: it holds what `get_id()` returns and a signature. Keep "
        "everything but the id and a keyed mark out of `get_id()`.",
    ),
    databases=("sqlite",),
)
def test_remember_cookie_tells_nothing(trial: Trial, account: Account) -> None:
    """The cookie that remembers holds no name, no password and no hash."""
    secrets = {f"the password{how}": text for how, text in disguises_of(account.password).items()}
    secrets |= {"the username": account.username, "the e-mail address": account.email}
    row = row_of(trial.database, account.email)
    stored = str(row["password"]) if row else ""
    secrets |= {"the stored hash": stored, "the stored hash itself": stored.rpartition("$")[2]}
    for cookie in remembering(device_of(trial, account, remember=True)):
        for text in _texts(cookie.value):
            for what, secret in secrets.items():
                expect(
                    not secret or secret.lower() not in text.lower(),
                    expected="The cookie that remembers tells nothing to whoever reads it.",
                    seen=f"The cookie {cookie.name!r} contains {what}.",
                )


@check(
    "remember-cookie-forged",
    needs=("remembered",),
    lesson="what-the-cookie-holds",
    hints=(
        "Change the number at the start of the cookie that remembers to somebody else's id.",
        "Only a signature tells a cookie of yours from one written by hand; and one that is "
        "nonsense must be a stranger's, not a crash.",
        "Let `login_user(account, remember)` write it, and let the `user_loader` return `None` "
        "for whatever is not a token of yours.",
    ),
    databases=("sqlite",),
)
def test_remember_cookie_forged(trial: Trial, account: Account) -> None:
    """A remember cookie that was changed or written by hand is a stranger's."""
    other = trial.account()
    device = device_of(trial, account, remember=True)
    cookies = remembering(device)
    for cookie in cookies:
        for what, value in _forgeries(cookie.value, account, other):
            if value == cookie.value:  # nothing in it looks like an id
                continue
            thief = device.stranger(f"somebody whose remember cookie {what}")
            thief.names = [account.username, other.username]
            thief.cookies.set(cookie.name, value)
            expect(
                not thief.logged_in(),
                expected="A remember cookie that the app did not write is worth nothing.",
                seen=f"One that {what} logs somebody in.",
            )
    _notice_a_crash(trial, [cookie.name for cookie in cookies])


@check(
    "fresh-login-for-password",
    needs=("remembered",),
    lesson="a-fresh-login-for-the-password",
    hints=(
        "Come back with a remembered browser and open `/password`. Whose hands is it in?",
        "Flask-Login knows whether somebody typed a password in this session: `login_fresh()`. "
        "There is a decorator for pages that ask for it.",
        "`@fresh_login_required` in place of `@login_required`, "
        '`login_manager.refresh_view = "login"`, and a login view that leads away only if '
        "`login_fresh()`.",
    ),
    either=True,
)
def test_fresh_login_for_password(trial: Trial, account: Account) -> None:
    """Whoever was only remembered types the password again before changing it."""
    device = device_of(trial, account, remember=True)
    form = password_form(device)  # right after logging in
    device.restart_browser()
    page = device.open("password")
    expect(
        page.find_form("password") is None,
        expected=f"{trial.paths['password']} asks a remembered visitor to log in again first.",
        seen="It shows its form to whoever sits before a remembered browser.",
    )
    before = row_of(trial.database, account.email)
    tool = copy_of(device, "a program that sends the form at once")
    entries = sent_to_change(form, account.password, trial.password())
    tool.request("POST", form.action, form=entries)
    expect(
        row_of(trial.database, account.email) == before,
        expected="Without a fresh login, no request changes the password.",
        seen="A POST with the form's fields has changed it.",
    )
    asked = page.find_form("login") or page.find_form("confirm")
    expect(
        asked is not None,
        expected="The visitor is asked for the password.",
        seen=f"The visitor ended at {page.url.target}: {page.described()}.",
    )
    assert asked is not None
    device.submit(asked, typed_by(asked, account))
    expect(
        device.find_form("password") is not None,
        expected=f"After typing it, {trial.paths['password']} shows its form.",
        seen=f"There is {device.page.described() if device.page else 'nothing'}.",
    )


@check(
    "logout-forgets",
    needs=("remembered",),
    lesson="log-out",
    hints=(
        "Log in with the box ticked, log out, close the browser, open it again.",
        "Logging out has to remove both cookies. Flask-Login leaves itself a note in the session "
        "to remove the second; whoever clears the session afterwards throws the note away.",
        "`session.clear()` first, `logout_user()` second.",
    ),
    databases=("sqlite",),
)
def test_logout_forgets(trial: Trial, account: Account) -> None:
    """Logging out also makes the browser forget."""
    for when in ("at once", "after coming back"):
        device = device_of(trial, account, remember=True)
        if when == "after coming back":
            device.restart_browser()
            device.open("dashboard")
        trial.log_out(device)
        expect(
            not device.logged_in(),
            expected="After logging out, nobody is logged in.",
            seen="The account is still logged in.",
        )
        device.restart_browser()
        expect(
            not device.logged_in(),
            expected=f"A remembered browser that logs out {when} has forgotten the account.",
            seen="When the browser is opened again, the account is logged in.",
        )


@check(
    "new-password-forgets",
    needs=("remembered",),
    lesson="tokens-that-die-with-the-password",
    hints=(
        "Be remembered on two devices. Change the password on one, open the other.",
        "Flask-Login's cookie holds what `get_id()` returns, for ever the same. It has to change "
        "when the password does.",
        "`get_id()` returns the id and a mark made of the stored hash; the `user_loader` compares "
        "it: `return account if account is not None and account.get_id() == token else None`.",
    ),
    either=True,
)
def test_new_password_forgets(trial: Trial, account: Account) -> None:
    """A new password makes every other browser forget."""
    _expect_ended(trial, account, closed=True)


@check(
    "new-password-ends-sessions",
    needs=("remembered",),
    lesson="tokens-that-die-with-the-password",
    hints=(
        "Log in on two devices and change the password on one. What does the other one show, "
        "without having been closed?",
        "Whoever copied a cookie copied the session too. Its `_user_id` is what `get_id()` "
        "returned, so one rule ends both.",
        "The `user_loader` gets that text at every request: compare the mark in it there, and "
        "call `login_user()` again in the browser that changed the password.",
    ),
    either=True,
)
def test_new_password_ends_sessions(trial: Trial, account: Account) -> None:
    """A new password ends the sessions of other devices, and of whoever copied a cookie."""
    _expect_ended(trial, account, closed=False)


@check(
    "disabled-is-not-remembered",
    needs=("remembered",),
    lesson="tokens-that-die-with-the-password",
    hints=(
        "Disable an account that a browser remembers, then open that browser.",
        "Coming back by cookie is no login: `login_user()` is not called. The account itself is "
        "asked, by `is_authenticated`, and the `user_loader`.",
        "`is_active` in `Account` returns `self.active`; the `user_loader` returns `None` for an "
        "account that is not there.",
    ),
    either=True,
)
def test_disabled_is_not_remembered(trial: Trial, account: Account) -> None:
    """A disabled or deleted account is remembered by no browser."""
    gone = trial.account()
    device = device_of(trial, account, remember=True)
    orphan = device_of(trial, gone, remember=True)
    trial.set_active(account, False)
    delete_account(trial, gone)
    for visitor, what in ((device, "disabled"), (orphan, "deleted")):
        visitor.restart_browser()
        expect(
            not visitor.logged_in(),
            expected=f"A browser that remembers a {what} account is a stranger's.",
            seen="Somebody is logged in.",
        )
        page = visitor.open("login")
        expect(
            page.status == 200,
            expected=f"With a cookie of a {what} account, the login page still opens.",
            seen=f"There was {page.described()}.",
        )


@check(
    "next-person",
    needs=("unticked-is-forgotten",),
    lesson="log-in-for-a-month",
    hints=(
        "Let the browser remember one account, then log in there with another, without the tick. "
        "Close it, open it. Who is there?",
        "A login begins a new session, and the old cookie is still on the disk.",
        "`session.clear()` and `logout_user()` in `log_in()`, before `login_user()`.",
    ),
    databases=("sqlite",),
)
def test_next_person(trial: Trial, account: Account) -> None:
    """Whoever logs in next in the same browser does not leave it to the one before."""
    other = trial.account()
    device = device_of(trial, account, remember=True)
    device.restart_browser()
    if device.find_login_form() is None:  # led away: they have to log out first
        trial.log_out(device)
    log_in(device, other, remember=False)
    expect(
        shows_account(device.open("dashboard"), other),
        expected="The second account is logged in.",
        seen="The dashboard is not the second account's.",
    )
    device.names.append(account.username)
    device.restart_browser()
    expect(
        not device.logged_in(),
        expected="Opened again, the browser remembers neither of them: the last one did not ask "
        "for it.",
        seen="Somebody is logged in.",
    )


@check(
    "last-visit-shown",
    needs=("remembered",),
    lesson="the-last-visit",
    hints=(
        "Log in, come back two days later: does the dashboard say when you were here before?",
        "Write a cookie at every visit, but read the old one first. What the dashboard shows is "
        "what was read.",
        '`<time datetime="{{ previous_visit.isoformat() }}">`, only `{% if previous_visit %}`; the '
        "cookie needs a `max_age`, or it ends with the browser.",
    ),
    databases=("sqlite",),
)
def test_last_visit_shown(trial: Trial, account: Account) -> None:
    """The dashboard shows when this browser was here before, and nothing at its first visit."""
    for remember in (True, False):
        visitor = trial.visitor(name=f"{account.username}, in a new browser,")
        visitor.travel(3 * _DAY + 7 * _HOUR)
        page = dashboard_after(visitor, log_in(visitor, account, remember=remember))
        first = now_of(visitor)
        expect(
            not shows_time(page, first) and not shows_old_time(page),
            expected="At a browser's first visit the dashboard shows no visit before it.",
            seen=f"It shows {listed_times(page)}.",
        )
        visitor.restart_browser()
        visitor.travel(_DAY + 5 * _HOUR)
        page = visit(visitor, account)
        expect(
            shows_time(page, first),
            expected=f"At the second visit it shows the first: {iso(first)}, in a <time> with "
            "the attribute datetime.",
            seen=f"It shows {listed_times(page)}.",
        )
    stranger = trial.visitor(name=f"{account.username}, in another browser,")
    page = visit(stranger, account)
    expect(
        not shows_time(page, first) and not shows_time(page, now_of(stranger)),
        expected="Another browser of the same account has no visit before.",
        seen=f"It shows {listed_times(page)}.",
    )


@check(
    "last-visit-once-a-visit",
    needs=("last-visit-shown",),
    lesson="the-last-visit",
    hints=(
        "Come back, then reload the dashboard a few times. Which time does it show?",
        "If every request counts, the time before is always a moment ago. A visit begins with a "
        "login, or with a return by the remember cookie.",
        "Connect to `user_logged_in` and `user_loaded_from_cookie`, and keep the time before in "
        "the session for as long as the visit lasts.",
    ),
    databases=("sqlite",),
)
def test_last_visit_once_a_visit(trial: Trial, account: Account) -> None:
    """Reloading is no new visit."""
    visitor = trial.visitor(name=account.username)
    visitor.travel(3 * _DAY + 7 * _HOUR)
    log_in(visitor, account, remember=True)
    first = now_of(visitor)
    visitor.restart_browser()
    visitor.travel(_DAY)
    visitor.open("dashboard")
    second = now_of(visitor)
    for _ in range(2):
        visitor.travel(10 * _MINUTE)
        page = visitor.open("dashboard")
        expect(
            shows_time(page, first) and not shows_time(page, second, within=20 * _MINUTE),
            expected=f"However often the dashboard is loaded, it shows the visit before: "
            f"{iso(first)}.",
            seen=f"It shows {listed_times(page)}.",
        )
    third = now_of(visitor)
    visitor.restart_browser()
    visitor.travel(_DAY)
    page = visitor.open("dashboard")
    middle, half = (second + third) / 2, (third - second) / 2
    expect(
        shows_time(page, middle, within=half + ABOUT),
        expected=f"At the third visit it shows the second one: {iso(second)}.",
        seen=f"It shows {listed_times(page)}.",
    )


@check(
    "last-visit-days",
    needs=("last-visit-shown",),
    lesson="the-last-visit",
    hints=(
        "How long does your cookie live, and who can change that without changing the code?",
        "`LAST_VISIT_DAYS` is read from the environment when the app starts; without it, 30 days "
        "hold.",
        '`timedelta(days=int(os.environ.get("LAST_VISIT_DAYS", "30")))` as its `max_age`.',
    ),
    databases=("sqlite",),
)
def test_last_visit_days(trial: Trial, account: Account) -> None:
    """The last visit is kept for LAST_VISIT_DAYS days, 30 without that, to the minute."""
    apps: list[tuple[WatchedApp, int]] = [(trial.app, 30)]
    apps.append((trial.start(LAST_VISIT_DAYS="3"), 3))
    for app, days in apps:
        visitor = trial.visitor(app, name=f"{account.username}, who comes once in {days} days,")
        stop_the_clock(visitor)
        log_in(visitor, account, remember=True)
        first = now_of(visitor)
        early, late = (copy_of(visitor, f"the same browser, {when},") for when in ("early", "late"))
        early.travel(days * _DAY - _MINUTE)
        early.restart_browser()
        page = visit(early, account)
        expect(
            shows_time(page, first),
            expected=f"One minute before {days} days are over, the dashboard shows that visit.",
            seen=f"It shows {listed_times(page)}.",
        )
        late.travel(2 * _MINUTE)
        late.restart_browser()
        page = visit(late, account)
        expect(
            not shows_time(page, first),
            expected=f"One minute after {days} days, the dashboard shows no visit before.",
            seen=f"It shows {listed_times(page)}.",
        )


@check(
    "last-visit-signed",
    needs=("last-visit-shown",),
    lesson="the-last-visit",
    hints=(
        "Change the time in the cookie by hand. Does the dashboard believe it?",
        "`set_cookie()` signs nothing. Only `session` is signed by Flask; for a cookie of your own "
        "there is ItsDangerous.",
        '`TimestampSigner(current_app.secret_key, salt="last-visit")`: `sign()` writes the time '
        "into the signature, `unsign(…, return_timestamp=True)` reads it, `BadSignature` means: "
        "not ours.",
    ),
    databases=("sqlite",),
)
def test_last_visit_signed(trial: Trial, account: Account) -> None:
    """A last visit that somebody wrote into the cookie is not believed."""
    device, first = came_back(trial, account)
    for cookie in keeping_the_visit(device):
        for what, value in other_times(cookie.value):
            browser = copy_of(device, f"a browser whose cookie {cookie.name!r} {what}")
            replace(browser, cookie, value)
            page = browser.open("dashboard")
            expect(
                not shows_time(page, first) and not shows_old_time(page),
                expected="A cookie that the app did not write tells it nothing.",
                seen=f"The cookie {what}, and the dashboard shows {listed_times(page)}.",
            )


@check(
    "last-visit-odd-values",
    needs=("last-visit-shown",),
    lesson="the-last-visit",
    hints=(
        "Put `9999-99-99` into the cookie and open the dashboard.",
        "`fromisoformat()` raises `ValueError`, and a page that shows a cookie as it is shows "
        "whatever somebody wrote there.",
        "`except BadSignature: return None` around the reading of the cookie, and no `|safe` in "
        "the template.",
    ),
    databases=("sqlite",),
)
def test_last_visit_odd_values(trial: Trial, account: Account) -> None:
    """Whatever the cookie of the last visit holds, the dashboard opens and shows none of it."""
    device, _first = came_back(trial, account)
    names = [cookie.name for cookie in keeping_the_visit(device)] or ["last_visit"]
    script = "<script>alert(1)</script>"
    for value in (
        script,
        "9999-99-99",
        "0000-00-00T00:00:00",
        "2026-11-20T00:00:00+99:99",
        "99999999999999999999",
        "-1",
        "1e999",
        "nan",
        "null",
        "",
        "{{7*7}}",
        '"\\',
        "\xff\xfe",
        "\N{PILE OF POO}",
        "a" * 4000,
        "." * 100,
        "a.b.c",
    ):
        browser = copy_of(device, f"a browser with {value[:20]!r} in the cookie of the last visit")
        for name in names:
            browser.cookies.delete(name)
            browser.cookies.set(name, value)
        page = browser.open("dashboard")
        expect(
            page.status < 400 and shows_account(page, account),
            expected="The dashboard opens, without a last visit.",
            seen=f"With {value[:40]!r} in the cookie there is {page.described()}.",
        )
        expect(
            script not in page.text,
            expected="What stands in a cookie is shown as text, if at all.",
            seen="The dashboard has put it into the page as it is, and a browser would run it.",
        )


@check(
    "last-visit-decides-nothing",
    needs=("last-visit-shown", "unticked-is-forgotten"),
    lesson="the-last-visit",
    hints=(
        "What can somebody do who has nothing but the cookie of your last visit?",
        "It tells when a browser was here, not who sits before it. Nothing may depend on it.",
        "Read that cookie in one function, for the dashboard's text, and nowhere else.",
    ),
    databases=("sqlite",),
)
def test_last_visit_decides_nothing(trial: Trial, account: Account) -> None:
    """Having been here before logs nobody in and makes nobody remembered."""
    device, _first = came_back(trial, account)
    kept = {cookie.name for cookie in keeping_the_visit(device)}
    alone = copy_of(device, "a browser with nothing but the cookie of the last visit")
    for cookie in [*alone.cookies]:
        if cookie.name not in kept:
            alone.cookies.delete(cookie.name)
    expect(
        not alone.logged_in(),
        expected="The cookie of the last visit logs nobody in.",
        seen="Somebody is logged in.",
    )
    log_in(alone, account, remember=False)
    alone.restart_browser()
    expect(
        not alone.logged_in(),
        expected="A browser that was here before is remembered only if the box was ticked.",
        seen="The account is logged in when the browser is opened again.",
    )


@check(
    "cookies-fit",
    needs=("remembered",),
    lesson="what-the-cookie-holds",
    hints=(
        "Add up the length of all cookies of an account with a long name and address.",
        "Browsers drop a cookie of more than 4,096 bytes without a word: the login is forgotten.",
        "Keep an id in the session and look everything else up.",
    ),
    databases=("sqlite",),
)
def test_cookies_fit(trial: Trial) -> None:
    """All cookies together stay below 4,093 bytes, also with the longest names."""
    email = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 55}.example.org"[:254]
    account = trial.account(username="n" * 50, email=email)
    device = device_of(trial, account, remember=True)
    device.open("dashboard")
    expect(
        not device.cookies.refused,
        expected="Browsers keep every cookie of this app.",
        seen=f"They refuse one: {''.join(each.reason for each in device.cookies.refused[:1])}.",
    )
    size = len(device.cookies.header(str(device.base)))
    expect(
        size < _ONE_COOKIE,
        expected="All cookies together have less than 4,093 bytes.",
        seen=f"They have {size}.",
    )


@check(
    "accounts-of-step-05",
    needs=("remembered",),
    lesson="tokens-that-die-with-the-password",
    hints=(
        "Copy the database of your step 05 and start this step on it. Can the old accounts log in?",
        "Sessions of step 05 hold a bare id. They may end with the change, but must not crash.",
        'A token without a mark is not valid: `str(token).partition(".")` works for it too.',
    ),
    fresh=True,
)
def test_accounts_of_step_05(trial: Trial) -> None:
    """Accounts made by step 05's app log in here, on the same database, and none is lost."""
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
            expected=f"The account {account.username}, made by step 05's app, logs in here.",
            seen="It has the right password and was refused.",
        )
    expect(
        accounts_in(trial.database) == before,
        expected="Every row of the table `accounts` is still there, with its name and address.",
        seen="They are not the same any more.",
    )
    open_nothing_to_others(trial, new)


# -- a new password


def _expect_ended(trial: Trial, account: Account, *, closed: bool) -> None:
    """Change the password on one device; expect that the others have to log in again.

    :param closed: whether the others' browsers were closed in between.
    """
    device, other = (device_of(trial, account, remember=True) for _ in range(2))
    thief = copy_of(device, "somebody who copied the cookies before")
    own = thief.cookies.copy()
    expect(
        thief.logged_in() and other.logged_in(),
        expected="Several browsers can be logged in to one account.",
        seen="One of them is a stranger's.",
    )
    thief.cookies = own
    before = row_of(trial.database, account.email)
    change_password(device, account.password, trial.password())
    expect(
        row_of(trial.database, account.email) != before,
        expected="The password can be changed.",
        seen="The stored hash is the same as before.",
    )
    for visitor, who in ((other, "another device of the account"), (thief, "a thief's browser")):
        if closed:
            visitor.restart_browser()
        expect(
            not visitor.logged_in(),
            expected=f"With the new password, {who} has to log in again.",
            seen="It is still logged in.",
        )


# -- what cookies hold


def _attributes(cookie: Cookie) -> str:
    return cookie.raw.partition(";")[2].strip() or "it has no attributes"


def _texts(value: str) -> list[str]:
    """Return what can be read in a cookie, also in parts of it."""
    texts = readable_parts(value)
    for part in re.split(r"[|.:,&=]", value):
        texts += readable_parts(part)
    return texts


def _forgeries(value: str, account: Account, other: Account) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a remember cookie, and its value."""
    for part in dict.fromkeys(re.findall(r"[A-Za-z0-9_-]{2,}", value)):
        middle = len(part) // 2
        letter = "A" if part[middle] != "A" else "B"
        if part[middle] in "0123456789abcdef":
            letter = "1" if part[middle] != "1" else "2"
        changed = part[:middle] + letter + part[middle + 1 :]
        yield "was changed in one letter", value.replace(part, changed, 1)
    mine, theirs = str(account.id), str(other.id)
    yield "has somebody else's id", re.sub(rf"(?<!\d){mine}(?!\d)", theirs, value, count=1)
    for part in re.split(r"[|.]", value):
        try:
            inside = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
        except ValueError:
            continue
        swapped = inside.replace(mine, theirs).replace(account.username, other.username)
        swapped = swapped.replace(account.email, other.email)
        if swapped != inside:
            encoded = base64.urlsafe_b64encode(swapped.encode()).decode().rstrip("=")
            yield "names somebody else", value.replace(part, encoded, 1)
    for text in (mine, f"{mine}|", f"{mine}|{'0' * 128}", f"{mine}.{'0' * 64}", "-1|x", "|", ""):
        yield f"reads {text[:12]!r}", text
    for text in (account.username, account.email, f"{account.email}|1", "null", "%00", "a" * 5000):
        yield f"reads {text[:12]!r}", text
    for text in (mine, account.username, account.email):
        yield f"is {text!r} in base64", base64.b64encode(text.encode()).decode()


def _notice_a_crash(trial: Trial, names: list[str]) -> None:
    """Say so, without a verdict, when a cookie with other letters than ASCII crashes the app.

    Flask-Login 0.6.3 compares its digest with ``hmac.compare_digest``, which takes only ASCII text.
    """
    app = trial.start()
    visitor = trial.visitor(app, name="a browser with a remember cookie that is not ASCII")
    for name in names:
        visitor.cookies.set(name, "1|\N{LATIN SMALL LETTER E WITH ACUTE}")
    page = visitor.open("dashboard")
    if page.status >= 500:
        trial.notices.append(
            Notice(
                "flask-login-0.6.3",
                f"A cookie {names[0]!r} with other letters than ASCII crashes the app: "
                "Flask-Login 0.6.3 cannot compare it. It costs no points. Whoever wants to mend "
                "it looks at the cookie before Flask-Login does, as the solution of step 05 does "
                "in `require_login()`.",
            )
        )
        app.answers.clear()


def _told(seconds: float) -> str:
    """Return a span of time to the minute, in words."""
    return lasting(_MINUTE * round(seconds / _MINUTE))
