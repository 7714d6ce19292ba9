"""The checks of step 04: passwords as hashes, old rows carried over, and changing a password."""

from __future__ import annotations

import hashlib
import statistics
import time
from collections.abc import Iterator

from checker.suites.check import Account, CheckFailed, check, expect
from checker.suites.cookie_contents import disguises_of, readable_parts
from checker.suites.password_page import change_password, password_form, sent_to_change
from checker.suites.people import accounts_in
from checker.suites.stored_hashes import StoredHash, read_hash
from checker.suites.trial import Trial
from checker.visitor import Form, Visitor

#: The shortest time of an answer, in seconds, that says something about how it came about (R7).
_FLOOR = 0.020
_MOST_PAIRS = 9
#: What is about hashes alone is asked on one database: some methods cost a tenth of a second.
_ONE = ("sqlite",)
#: bcrypt looks at this many bytes and no more.
_BCRYPT_BYTES = 72


@check(
    "passwords-not-readable",
    needs=("right-password",),
    lesson="hash-and-check",
    hints=(
        "Register, then look into the table: `SELECT * FROM accounts`. What would a thief learn?",
        "What is stored must not be the password, nor anything that leads back to it or that can "
        "be computed quickly: no base64, no MD5, no SHA-256.",
        "`Account(…, password=generate_password_hash(password, METHOD))`, with "
        "`from werkzeug.security import generate_password_hash`.",
    ),
)
def test_passwords_not_readable(trial: Trial) -> None:
    """Nowhere in the database does a password stand, in whatever disguise."""
    account = trial.account()
    owner = trial.visitor(name=account.username)
    owner.log_in(account.login, account.password)
    _is_not_stored(trial, account.password)


@check(
    "slow-hash",
    needs=("passwords-not-readable",),
    lesson="hash-and-check",
    hints=(
        "How long does your app need for one guess? A thief with your table needs that long, too.",
        "A hash begins with its method and how much work that is, as in `scrypt:32768:8:1$…`. "
        "What is in use today: scrypt, PBKDF2, Argon2, bcrypt.",
        '`generate_password_hash(password, "scrypt:32768:8:3")`; without the second argument '
        "Werkzeug takes `scrypt:32768:8:1`, which is the least that passes.",
    ),
    either=True,
)
def test_slow_hash(trial: Trial) -> None:
    """What is stored is a salted hash of a slow method, with enough work in it."""
    trial.account()
    found = _hashes(trial)
    expect(
        found,
        expected="A hash of scrypt, PBKDF2, Argon2 or bcrypt, with its method at the beginning.",
        seen="No text in the database is one. Fast hashes and methods of your own are guessed "
        "many million times a second.",
    )
    for each in found:
        expect(
            not each.too_cheap,
            expected=f"A guess costs as much as is asked for today. {each.too_cheap}",
            seen=f"The hash was made by {each.method}.",
        )


@check(
    "salted",
    needs=("slow-hash",),
    lesson="hash-and-check",
    hints=(
        "Two people choose the same password. Can somebody who reads the table tell?",
        "A salt is a random text that goes into the hash and is stored beside it, another one for "
        "every password.",
        "Let `generate_password_hash` make the salt: it does so at every call.",
    ),
    databases=_ONE,
)
def test_salted(trial: Trial) -> None:
    """The same password gives another hash every time."""
    password = trial.password()
    trial.account(password=password)
    trial.account(password=password)
    found = [each.text for each in _hashes(trial)]
    secrets = [each.secret for each in _hashes(trial)]
    expect(
        len(found) == len(set(found)) and len(secrets) == len(set(secrets)),
        expected="Two accounts with the same password have different hashes.",
        seen="They have the same: one guess opens both, and equal passwords show.",
    )


@check(
    "hash-is-no-password",
    needs=("slow-hash",),
    lesson="accounts-of-step-3",
    hints=(
        "Somebody has a copy of your table and types what stands in it. Does that open an account?",
        "If the app still compares what was typed with what is stored, as in step 3, then the "
        "hash is the password now.",
        "Compare as plain text only where the stored value is no hash: first "
        "`if HASH.fullmatch(account.password): return check_password_hash(…)`.",
    ),
    either=True,
)
def test_hash_is_no_password(trial: Trial) -> None:
    """The stored hash, typed as a password, opens nothing."""
    account = trial.account()
    for each in _hashes(trial):
        thief = trial.visitor(name="somebody who has read the database")
        thief.names.append(account.username)
        thief.log_in(account.login, each.text)
        expect(
            not thief.logged_in(),
            expected="Only the password opens an account, not what is stored of it.",
            seen=f"Typing the hash {each.text[:40]}… logged in as {account.username}.",
        )


@check(
    "whole-password-counts",
    needs=("slow-hash",),
    lesson="hash-and-check",
    hints=(
        "Register with a password of 100 characters. Does another one with the same beginning "
        "work?",
        "bcrypt looks at the first 72 bytes only, and newer versions refuse longer passwords with "
        "an exception. Some methods stop at a zero byte.",
        "Werkzeug's scrypt and Argon2 take a password of any length. Do not cut it yourself, "
        "neither at registering nor at logging in.",
    ),
    databases=_ONE,
)
def test_whole_password_counts(trial: Trial) -> None:
    """Every character of a long password counts, and its length crashes nothing."""
    start = (trial.password() * _BCRYPT_BYTES)[:_BCRYPT_BYTES]
    account = trial.account(password=f"{start} and its end")
    _only_this_opens(
        trial,
        account,
        {
            f"another one with the same {_BCRYPT_BYTES} characters at its start": start + " other!",
            f"its first {_BCRYPT_BYTES} characters": start,
        },
    )
    emoji = "\N{OWL}" * 127
    _only_this_opens(
        trial,
        trial.account(password=emoji + "1"),
        {"another one of 128 characters, with another last one": emoji + "2"},
    )
    for what, size in (("1,000", 1_000), ("a million", 1_000_000)):
        trial.visitor(name=f"somebody who types {what} characters").log_in(
            account.login, "x" * size
        )


@check(
    "zero-bytes-count",
    needs=("slow-hash",),
    lesson="hash-and-check",
    hints=(
        "A password may hold any character. What if one of them is a zero byte?",
        "Code in C ends a text at a zero byte. Where a password is handed to such code, all that "
        "comes after it is ignored.",
        "Hand the password to `generate_password_hash` as it was typed, or refuse such a password "
        "with a message.",
    ),
    databases=_ONE,
)
def test_zero_bytes_count(trial: Trial) -> None:
    """A zero byte does not end a password: it is refused, or what comes after it counts."""
    visitor = trial.visitor(name="somebody whose password holds a zero byte")
    email, start = f"{trial.name().lower()}@example.org", trial.password()
    password = f"{start}\0the end"
    trial.register(visitor, username=trial.name(), email=email, password=password)
    if visitor.logged_in():
        for other in (f"{start}\0an end", start):
            guest = trial.visitor(name="somebody who knows the password up to that byte")
            guest.names += visitor.names
            guest.log_in(email, other)
            expect(
                not guest.logged_in(),
                expected="Only the whole password opens the account.",
                seen="What comes after the zero byte does not count.",
            )


@check(
    "same-time",
    needs=("slow-hash", "same-error"),
    lesson="the-same-time-for-everybody",
    hints=(
        "Fail to log in twice, with your own address and with one that nobody has, and look at the "
        "clock.",
        "Checking a hash takes a tenth of a second. Who has no account is answered at once, unless "
        "your app does the same work for them.",
        "If there is no account: `hash_password(password)`, throw the result away, and return "
        "`False`.",
    ),
    databases=_ONE,
    true_hashes=True,
)
def test_same_time(trial: Trial) -> None:
    """A wrong password is refused as slowly for an unknown account as for a known one."""
    account = trial.account()
    visitor = trial.visitor(name="somebody with a clock")
    form = _login_form(visitor)
    known: list[float] = []
    unknown: list[float] = []
    while len(known) < _MOST_PAIRS:
        known.append(_seconds(visitor, form, account.login))
        unknown.append(_seconds(visitor, form, f"{trial.name().lower()}@example.org"))
        of_known, of_unknown = statistics.median(known), statistics.median(unknown)
        # Clear enough: nothing that happens by chance makes an app spend so long for nobody.
        if len(known) >= 2 and of_unknown > 0.7 * of_known:
            break
        if len(known) >= 3 and of_unknown < 0.3 * of_known:
            break
    expect(
        of_unknown >= 0.5 * of_known or of_known < _FLOOR,
        expected="The time of an answer does not tell who has an account.",
        seen=f"A wrong password takes {of_known * 1000:.0f} ms for an account that exists, and "
        f"{of_unknown * 1000:.0f} ms for one that does not (medians of {len(known)}).",
    )


@check(
    "accounts-of-step-03",
    needs=("slow-hash",),
    lesson="accounts-of-step-3",
    hints=(
        "Everybody who registered in step 3 still has a password as plain text in the table. Can "
        "they log in?",
        "Only at a login does the app see the password: that is the moment to replace the plain "
        "text by a hash. What has the form of a hash is checked as one; all else is plain text.",
        'After the right password: `if not account.password.startswith(f"{METHOD}$"): '
        "account.password = hash_password(password)`, then `db.session.commit()`.",
    ),
    fresh=True,
)
def test_accounts_of_step_03(trial: Trial) -> None:
    """Accounts of step 3 log in with their old password, which is a hash from then on."""
    before = trial.previous_app()
    accounts = [
        trial.account(app=before),
        trial.account(app=before, password=f"{trial.name().lower()}$1${'0' * 32} {trial.name()}"),
    ]
    kept = accounts_in(trial.database)
    app = trial.start()
    account = accounts[0]
    guest = trial.visitor(app, name="somebody who types the old password in other case")
    guest.log_in(account.login, account.password.swapcase())
    expect(
        not guest.logged_in(),
        expected="An old password still has to be typed exactly.",
        seen=f"{account.password.swapcase()!r} opened an account whose password is "
        f"{account.password!r}.",
    )
    for account in accounts:
        for time_of_day in ("for the first time since step 3", "once more"):
            owner = trial.visitor(app, name=f"{account.username}, logging in {time_of_day},")
            page = owner.log_in(account.login, account.password)
            expect(
                owner.logged_in(),
                expected=f"Whoever registered in step 3 with the password {account.password!r} can "
                f"log in, {time_of_day}.",
                seen=f"They were refused: {page.described()}.",
            )
            _is_not_stored(trial, account.password)
    expect(
        len(_hashes(trial)) >= len(accounts),
        expected="After a login, what is stored for the account is a hash.",
        seen="The plain text is gone, and there is no hash in its place.",
    )
    expect(
        accounts_in(trial.database) == kept,
        expected="Ids, names, addresses and `active` of all accounts are what they were.",
        seen="The table `accounts` holds something else than before.",
    )


@check(
    "old-hashes",
    needs=("accounts-of-step-03",),
    lesson="accounts-of-step-3",
    hints=(
        "What does your app do with a stored value that looks like a hash and is none that it "
        "knows?",
        "Older tutorials stored `sha256$…`. `check_password_hash` raises a `ValueError` for a "
        "method that Werkzeug no longer has; that is a crash unless you expect it.",
        "`try: return check_password_hash(account.password, password)` and "
        "`except ValueError: return False`.",
    ),
    databases=_ONE,
    fresh=True,
)
def test_old_hashes(trial: Trial) -> None:
    """A hash that an old tutorial has stored is refused or replaced, and never a crash."""
    before = trial.previous_app()
    accounts = [trial.account(app=before, password=value) for value in _old_hashes()]
    app = trial.start()
    for account in accounts:
        for typed in (trial.password(), account.password):
            guest = trial.visitor(app, name=f"the owner of the value {account.password[:20]}…")
            guest.log_in(account.login, typed)
            expect(
                typed == account.password or not guest.logged_in(),
                expected="A wrong password is refused, whatever is stored.",
                seen=f"Where {account.password!r} is stored, {typed!r} opens the account.",
            )


@check(
    "key-has-no-part",
    needs=("slow-hash",),
    lesson="myth-the-secret-key-protects-passwords",
    hints=(
        "Change SECRET_KEY and restart. Everybody is logged out; can they log in again?",
        "The secret key signs cookies. A hash needs the password and its salt, nothing else, and "
        "keys are changed from time to time.",
        "`generate_password_hash(password, METHOD)`: leave `SECRET_KEY` out of it.",
    ),
    databases=_ONE,
)
def test_key_has_no_part(trial: Trial) -> None:
    """After SECRET_KEY was changed, every password still works."""
    account = trial.account()
    app = trial.start(SECRET_KEY=hashlib.sha256(account.email.encode()).hexdigest())
    owner = trial.visitor(app, name=f"{account.username}, after the key was changed,")
    owner.log_in(account.login, account.password)
    expect(
        owner.logged_in(),
        expected="A new SECRET_KEY ends sessions, and no password.",
        seen=f"{account.login} is refused since SECRET_KEY has another value.",
    )


@check(
    "hash-stays-inside",
    needs=("slow-hash",),
    lesson="hash-and-check",
    hints=(
        "Look at everything that your app sends to a browser: pages, headers, cookies. Is the hash "
        "among it?",
        "A hash can be guessed at by whoever has it, for as long as they like. It leaves the "
        "database for one purpose: being checked.",
        "Put `account.id` into the session, and hand templates only what they show.",
    ),
    either=True,
)
def test_hash_stays_inside(trial: Trial) -> None:
    """No page, header or cookie ever holds a hash."""
    username, password = trial.name(), trial.password()
    email = f"{username.lower()}@example.org"
    visitor = trial.visitor(name=username)
    trial.register(visitor, username=username, email=email, password=password)
    guest = trial.visitor(name="somebody with a wrong password")
    guest.log_in(email, trial.password())
    owner = trial.visitor(name=f"{username}, with another browser,")
    owner.log_in(email, password)
    for page in ("home", "dashboard", "password"):
        owner.open(page)
    secrets = [secret for each in _hashes(trial) for secret in (each.text, each.secret)]
    for place, text in _everything_sent(trial, (visitor, guest, owner)):
        for secret in secrets:
            expect(
                secret not in text,
                expected="The hash stays in the database.",
                seen=f"{place} holds it: {secret[:20]}…",
            )


@check(
    "password-page",
    needs=("right-password",),
    lesson="change-the-password",
    hints=(
        "Log in and open `/password`. What is there?",
        "The page needs a form with three password fields: the current one, the new one, and the "
        "new one again.",
        '`@app.route("/password", methods=["GET", "POST"])`, and a template whose fields have '
        '`autocomplete="current-password"` and `autocomplete="new-password"`.',
    ),
    either=True,
)
def test_password_page(trial: Trial) -> None:
    """Whoever is logged in finds a form to change the password."""
    account = trial.account()
    owner = trial.visitor(name=account.username)
    owner.log_in(account.login, account.password)
    form = password_form(owner)
    expect(
        form.method == "post",
        expected="The form sends passwords in the body of a POST request.",
        seen="It is sent by GET: both passwords would stand in the address, in the browser's "
        "history and in every log.",
    )
    expect(
        "current_password" in form.roles,
        expected=f"The form at {trial.paths['password']} asks for the current password as well.",
        seen=f"There is {form.described()}.",
    )


@check(
    "change-password",
    needs=("password-page",),
    lesson="change-the-password",
    hints=(
        "Change your password, log out, and log in: which password works?",
        "Store the hash of the new password in the account and commit. Without `commit` the change "
        "ends with the request.",
        "`account.password = hash_password(password)`, `db.session.commit()`, then "
        '`return redirect(url_for("dashboard"))`.',
    ),
)
def test_change_password(trial: Trial) -> None:
    """After a change the new password opens the account, and the old one does not."""
    account, new = trial.account(), trial.password()
    owner = trial.visitor(name=account.username)
    owner.log_in(account.login, account.password)
    page = change_password(owner, account.password, new)
    _is_not_stored(trial, new)
    later = trial.visitor(name=f"{account.username}, with the new password,")
    later.log_in(account.login, new)
    expect(
        later.logged_in(),
        expected="The new password opens the account.",
        seen=f"It was refused. The app had answered the change with {page.described()}.",
    )
    thief = trial.visitor(name="somebody with the old password")
    thief.log_in(account.login, account.password)
    expect(
        not thief.logged_in(),
        expected="The old password is worth nothing any more.",
        seen="It still opens the account.",
    )
    odd = f" {trial.password() * 4} "  # not trimmed, and not cut, by any of the three fields
    for current, wanted in ((new, odd), (odd, trial.password())):
        owner = trial.visitor(name=account.username)
        owner.log_in(account.login, current)
        change_password(owner, current, wanted)
        later = trial.visitor(name=f"{account.username}, with the next password,")
        later.log_in(account.login, wanted)
        expect(
            later.logged_in(),
            expected=f"A password may be changed from {current!r} to {wanted!r}.",
            seen="The new one was refused at the next login.",
        )


@check(
    "password-page-guarded",
    needs=("change-password",),
    lesson="change-the-password",
    hints=(
        "Open `/password` without being logged in, and send its form.",
        "The view has to ask who is there before anything else, for GET and for POST alike.",
        "`account = current_account()`, and `if account is None: return "
        'redirect(url_for("login"))` as the first lines of the view.',
    ),
    either=True,
)
def test_password_page_guarded(trial: Trial) -> None:
    """Without a login, the page leads to the login form and changes nothing."""
    account = trial.account()
    owner = trial.visitor(name=account.username)
    owner.log_in(account.login, account.password)
    form = password_form(owner)
    stranger = trial.visitor(name="somebody who is not logged in")
    page = stranger.open("password")
    expect(
        page.find_form("password") is None
        and (page.find_form("login") is not None or page.status in (401, 403)),
        expected=f"{trial.paths['password']} leads to the login form.",
        seen=f"It shows {page.described()}.",
    )
    before = trial.database.dump()
    sent = sent_to_change(form, account.password, trial.password())
    stranger.request("POST", form.action, form=[*sent, *_names_for(account).items()])
    _same_accounts(trial, before, account, "Sending the form without being logged in")


@check(
    "change-needs-current",
    needs=("change-password",),
    lesson="change-the-password",
    hints=(
        "You leave your desk without logging out. What can somebody do to your account?",
        "Being logged in is not enough to take an account over: the view checks the current "
        "password, as the login does. A missing field counts as a wrong one.",
        '`if not is_password_of(account, request.form.get("current_password", "")): '
        'problems.append("That is not your current password.")`.',
    ),
    either=True,
)
def test_change_needs_current(trial: Trial) -> None:
    """Nobody changes a password without knowing the current one."""
    account = trial.account()
    owner = trial.visitor(name=f"somebody at the desk of {account.username}")
    owner.log_in(account.login, account.password)
    before = trial.database.dump()
    for what, current in (
        ("with a wrong current password", trial.password()),
        ("without any current password", ""),
        ("with the current password in other case", account.password.swapcase()),
    ):
        change_password(owner, current, trial.password())
        _same_accounts(trial, before, account, f"Sending the form {what}")
    form = password_form(owner)
    owner.request("POST", form.action, form=sent_to_change(form, None, trial.password()))
    _same_accounts(trial, before, account, "Leaving the field for the current password out")


@check(
    "change-is-checked",
    needs=("change-password",),
    lesson="change-the-password",
    hints=(
        "Try to change your password to `short`, and to mistype it the second time.",
        "A new password has to pass the same rules as at registering: 8 characters at least, and "
        "twice the same.",
        "One function for both pages: `problems_with_password(password, confirmation)`, and store "
        "the password only `if not problems`.",
    ),
    either=True,
)
def test_change_is_checked(trial: Trial) -> None:
    """A new password has to pass the rules of registering."""
    account = trial.account()
    owner = trial.visitor(name=account.username)
    owner.log_in(account.login, account.password)
    before = trial.database.dump()
    for what, new in (("an empty one", ""), ("one of seven characters", "1234567")):
        change_password(owner, account.password, new)
        _same_accounts(trial, before, account, f"Changing the password to {what}")
    form = password_form(owner)
    owner.request("POST", form.action, form=sent_to_change(form, account.password, None))
    _same_accounts(trial, before, account, "Leaving the field for the new password out")
    if "confirmation" in password_form(owner).roles:
        change_password(owner, account.password, trial.password(), trial.password())
        _same_accounts(trial, before, account, "Typing two different new passwords")


@check(
    "changes-own-password-only",
    needs=("change-password",),
    lesson="change-the-password",
    hints=(
        "Your form says whose password is changed, if at all. Who can edit that form?",
        "Fields come from the browser, hidden ones too. Who is there is known from the session.",
        "`account = current_account()`, and no `id` or name of an account from `request`.",
    ),
    either=True,
)
def test_changes_own_password_only(trial: Trial) -> None:
    """Whatever is added to the form, only one's own password is changed."""
    attacker, victim = trial.account(), trial.account()
    visitor = trial.visitor(name=f"{attacker.username}, who means {victim.username},")
    visitor.log_in(attacker.login, attacker.password)
    form, new = password_form(visitor), trial.password()
    named = _names_for(victim)
    sent = [
        (name, _instead(value, attacker, victim))
        for name, value in sent_to_change(form, attacker.password, new)
        if name not in named
    ]
    visitor.request("POST", form.action, form=[*sent, *named.items()], query=list(named.items()))
    thief = trial.visitor(name="somebody with the password that was sent")
    thief.names.append(victim.username)
    thief.log_in(victim.login, new)
    expect(
        not thief.logged_in(),
        expected=f"{attacker.username} changes the password of {attacker.username}.",
        seen=f"With id, name and e-mail of {victim.username} in the form's fields, the password of "
        f"{victim.username} was changed.",
    )
    owner = trial.visitor(name=victim.username)
    owner.log_in(victim.login, victim.password)
    expect(
        owner.logged_in(),
        expected=f"The password of {victim.username} is what it was.",
        seen=f"After {attacker.username} had changed a password, {victim.username} cannot log in.",
    )


def _is_not_stored(trial: Trial, password: str) -> None:
    """Look at every text of every table (R8)."""
    disguises = disguises_of(password) | {
        " as SHA-512": hashlib.sha512(password.encode()).hexdigest(),
        " in lower case": password.lower(),
    }
    for found in trial.database.text_values():
        for how, disguise in disguises.items():
            expect(
                disguise not in found.value and disguise.upper() != found.value,
                expected="Nowhere in the database does the password stand, or anything that leads "
                "straight to it.",
                seen=f"The column `{found.column}` of `{found.table}` holds the password{how}.",
            )


def _hashes(trial: Trial) -> list[StoredHash]:
    """Return all password hashes in the database."""
    found = (read_hash(value.value) for value in trial.database.text_values())
    return [each for each in found if each is not None]


def _only_this_opens(trial: Trial, account: Account, others: dict[str, str]) -> None:
    for what, password in others.items():
        guest = trial.visitor(name=f"somebody who types {what}")
        guest.names.append(account.username)
        guest.log_in(account.login, password)
        expect(
            not guest.logged_in(),
            expected="Only the whole password opens the account.",
            seen=f"Its password has {len(account.password)} characters, and {what} opened it.",
        )
    owner = trial.visitor(name=account.username)
    owner.log_in(account.login, account.password)
    expect(
        owner.logged_in(),
        expected=f"A password of {len(account.password)} characters opens the account that was "
        "registered with it.",
        seen="It was refused.",
    )


def _old_hashes() -> Iterator[str]:
    """Yield what Werkzeug made by methods that it has given up in version 3."""
    text = b"of an old tutorial"
    yield "sha256$Wm2pQf1s$" + hashlib.sha256(text).hexdigest()
    yield "md5$Wm2pQf1s$" + hashlib.md5(text, usedforsecurity=False).hexdigest()
    yield "plain$$of an old tutorial"


def _login_form(visitor: Visitor) -> Form:
    form = visitor.find_login_form()
    expect(form is not None, expected="The login form is there.", seen="It is not there any more.")
    assert form is not None
    return form


def _seconds(visitor: Visitor, form: Form, login: str) -> float:
    """Return how long one wrong password takes; the form was opened before."""
    text = form.text_field
    assert text is not None
    fields = [(field.name, field.value) for field in form.fields if field.type == "hidden"]
    fields += [(text.name, login), (form.password_fields[0].name, "Pw-wrong-and-long")]
    begin = time.perf_counter()
    visitor.request("POST", form.action, form=fields)
    return time.perf_counter() - begin


def _everything_sent(trial: Trial, people: tuple[Visitor, ...]) -> Iterator[tuple[str, str]]:
    """Yield all that browsers got, by where it was; cookies also after undoing base64."""
    for exchange in trial.exchanges:
        if exchange.answer is not None:
            path = exchange.request.url.target
            yield f"The page {path}", exchange.answer.body.decode(errors="replace")
            yield f"A header of {path}", str(exchange.answer.headers)
    for person in people:
        for cookie in person.cookies:
            for text in readable_parts(cookie.value):
                yield f"The cookie {cookie.name!r}", text


def _names_for(account: Account) -> dict[str, str]:
    """Return fields that could tell an app whose password is meant."""
    number = str(account.id)
    return dict.fromkeys(("id", "user_id", "account_id", "user", "account", "uid"), number) | {
        "username": account.username,
        "email": account.email,
        "email_or_username": account.email,
    }


def _instead(value: str, own: Account, other: Account) -> str:
    """Return a hidden field's value with the other account in place of one's own."""
    others = {str(own.id): str(other.id), own.username: other.username, own.email: other.email}
    return others.get(value, value)


def _same_accounts(trial: Trial, before: object, account: Account, doing: str) -> None:
    """See that the account's password is what it was; cheaply, unless a table has changed.

    :raises CheckFailed: it is not.
    """
    if trial.database.dump() == before:
        return
    owner = trial.visitor(name=f"{account.username}, with the password of before,")
    owner.log_in(account.login, account.password)
    if not owner.logged_in():
        raise CheckFailed("The password is what it was.", f"{doing} has changed it.")
