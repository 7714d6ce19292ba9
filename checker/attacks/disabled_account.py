"""Going on with the cookie of an account that has been switched off."""

from __future__ import annotations

from checker.attacks.attack import Attack, Target, Unplayable
from checker.attacks.people import enter, open_pages
from checker.attacks.story import Story, Teller
from checker.suites.trial import Trial


def play(trial: Trial) -> Story:
    """Log in, let the administrator switch the account off, and reload the page."""
    told = Teller()
    mallory = trial.account(username="mallory", email="mallory@example.org")
    browser = trial.visitor(name="Mallory")
    page = enter(trial, browser, mallory)
    before = open_pages(trial, browser, mallory)
    if not before:
        raise Unplayable("No page of the app is open to somebody who is logged in.")
    told.scene(
        "Mallory logs in, and leaves the browser open.",
        "The cookie says who is there. It says nothing about what has happened since.",
        page=page,
    )
    trial.set_active(mallory, False)
    told.scene(
        "The administrator switches Mallory's account off.",
        "Nobody can log in to it any more.",
        sent=[f"UPDATE accounts SET active = 0 WHERE id = {mallory.id}"],
    )
    page = browser.open("dashboard")
    after = open_pages(trial, browser, mallory)
    told.scene(
        "Mallory reloads the page, with the old cookie.",
        "Nobody has asked again whether Mallory may be here."
        if after
        else "Whether somebody may be here is asked at every request, not only at the login.",
        page=page,
        came_back=[f"Still open to Mallory: {', '.join(after) or 'nothing'}"],
    )
    if after:
        return told.end(
            True,
            "The account is off and Mallory is in. The session loads the account by its id and "
            "does not look at `active`. The place for that is the one function that loads it: "
            "Flask-Login's `user_loader` returns None for an account that may not be here.",
        )
    return told.end(
        False,
        "The account is looked up for each request, and one that is switched off is nobody: every "
        "session of it ended at that moment.",
    )


ATTACK = Attack(
    name="disabled-account",
    title="go on with the cookie of an account that was switched off",
    since=2,
    works_on=Target(4),
    fails_on=Target(5),
    play=play,
)
