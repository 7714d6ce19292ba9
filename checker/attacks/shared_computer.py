"""Sitting down at a computer that somebody else has used."""

from __future__ import annotations

from checker.attacks.attack import Attack, Target
from checker.attacks.people import enter, open_pages
from checker.attacks.story import Story, Teller
from checker.suites.trial import Trial
from checker.visitor import Page, VisitError, Visitor


def play(trial: Trial) -> Story:
    """Let Ada do what she can to log out, then open her page in the same browser."""
    told = Teller()
    ada = trial.account(username="ada", email="ada@example.org")
    browser = trial.visitor(name="the browser in the library")
    page = enter(trial, browser, ada)
    told.scene(
        "Ada logs in on the computer in the library.",
        "The browser has a cookie now that says who she is. It sends it with every request, "
        "whoever is sitting there.",
        page=page,
    )
    page, pressed = _leave(trial, browser)
    told.scene(
        "Ada has finished. She presses the button to log out, and leaves."
        if pressed
        else "Ada has finished, and looks for a way to log out. There is none: she closes the tab.",
        "Logging out has to take her out of the session, not only show another page."
        if pressed
        else "Closing a tab ends nothing: the browser is still open and keeps the cookie.",
        page=page,
    )
    page = browser.open("home")
    pages = open_pages(trial, browser, ada)
    worked = bool(pages) or browser.logged_in()
    told.scene(
        "Somebody else sits down, and opens the app from the browser's history.",
        "It is the same browser, so the app cannot know that it is another person.",
        page=page,
        came_back=[f"Open to whoever sits there: {', '.join(pages)}"] if pages else [],
    )
    if worked:
        return told.end(
            True,
            "Whoever comes next is Ada. A session ends when the app takes it away: on the server's "
            "word, by a button that every page with a login needs.",
        )
    return told.end(
        False,
        "Ada logged out, and the session is gone from this browser: the next person sees what a "
        "stranger sees.",
    )


def _leave(trial: Trial, browser: Visitor) -> tuple[Page, bool]:
    """Press the button to log out, or follow the link to where it should lead, if there is one."""
    try:
        return trial.log_out(browser), True
    except VisitError:
        page = browser.open("home")
    for link in page.links:
        if link.url and link.url.split("?")[0].endswith(trial.paths["logout"]):
            return browser.open(link.url), True
    return page, False


ATTACK = Attack(
    name="shared-computer",
    title="sit down where somebody was logged in",
    since=1,
    works_on=Target(1),
    fails_on=Target(2),
    play=play,
)
