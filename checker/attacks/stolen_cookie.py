"""Staying in with a copied cookie after its owner has changed the password."""

from __future__ import annotations

from checker.attacks.attack import Attack, Target, Unplayable
from checker.attacks.people import CHANGES_PASSWORD, change_password, enter, open_pages
from checker.attacks.story import Story, Teller
from checker.suites.check import Account
from checker.suites.trial import Trial
from checker.visitor import Visitor


def play(trial: Trial) -> Story:
    """Copy the cookies, let the owner change the password, and look who is still in."""
    told = Teller()
    ada = trial.account(username="ada", email="ada@example.org")
    owner = trial.visitor(name="Ada")
    page = enter(trial, owner, ada, remember=True)
    told.scene(
        "Ada logs in, with “remember me” where there is one.",
        "From now on her browser is known by its cookies.",
        page=page,
    )

    thief = _with_copied_cookies(trial, owner)
    if not _is_in(trial, thief, ada):
        raise Unplayable("A copy of the cookies does not log anybody in, so nothing can be stolen.")
    told.scene(
        "A thief copies the cookies: from a backup of her laptop, say.",
        "Who has the cookies is Ada. No password was needed.",
        sent=[f"{cookie.name}={cookie.value[:16]}…" for cookie in thief.cookies],
        came_back=[f"Open to the thief: {', '.join(open_pages(trial, thief, ada)) or 'home'}"],
    )
    kept = _with_copied_cookies(trial, owner)

    new = trial.password()
    page = change_password(owner, ada, new)
    with_new_password = trial.visitor(name="Ada, with the new password,")
    with_new_password.names.append(ada.username)
    with_new_password.log_in(ada.login, new)
    if not with_new_password.logged_in():
        raise Unplayable("Changing the password does not work: the new one does not log Ada in.")
    told.scene(
        "Ada suspects something and changes her password.",
        "That is what everybody is told to do. The old password is worth nothing now.",
        page=page,
    )
    ways = {
        "the browser that the thief has used all the time": thief,
        "another copy of the cookies, used for the first time": kept,
        "the copied cookie that outlives the browser": _restarted(trial, kept),
    }
    inside = [how for how, browser in ways.items() if _is_in(trial, browser, ada)]
    told.scene(
        "The thief reloads the page.",
        "A cookie that holds an id, and nothing else, knows nothing of passwords."
        if inside
        else "The app no longer knows these cookies.",
        page=thief.open("dashboard"),
        came_back=[f"Still in by: {how}" for how in inside],
    )
    if inside:
        return told.end(
            True,
            "Ada did all she could, and the thief is still in. What the cookie holds has to change "
            "with the password: give `get_id` a mark of the stored hash, and every cookie from "
            "before is void.",
        )
    return told.end(
        False,
        "The cookies are bound to the password they were made under. With the new one, every copy "
        "became worthless.",
    )


def _with_copied_cookies(trial: Trial, owner: Visitor) -> Visitor:
    thief = trial.visitor(name="the thief")
    thief.cookies = owner.cookies.copy()
    thief.names += owner.names
    return thief


def _restarted(trial: Trial, browser: Visitor) -> Visitor:
    """Return a browser that has only the cookies that survive its end."""
    copy = _with_copied_cookies(trial, browser)
    copy.cookies.end_session()
    return copy


def _is_in(trial: Trial, browser: Visitor, account: Account) -> bool:
    return browser.logged_in() or bool(open_pages(trial, browser, account))


ATTACK = Attack(
    name="stolen-cookie",
    title="stay in with a stolen cookie after the password was changed",
    since=CHANGES_PASSWORD,
    works_on=Target(5),
    fails_on=Target(6),
    play=play,
)
