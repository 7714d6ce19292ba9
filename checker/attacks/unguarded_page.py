"""Opening a page that was added later, by somebody who did not think of a guard."""

from __future__ import annotations

from dataclasses import replace

from checker.apps.submission import Submission
from checker.attacks.attack import Attack, Target, Unplayable
from checker.attacks.people import enter
from checker.attacks.story import Story, Teller
from checker.suites.trial import Trial

_PATH = "/members"
_SECRET = "The list of all members, for members only."
_VIEW = f'''\
@app.route("{_PATH}")
def members():
    return "{_SECRET}"
'''
#: The app is found as `flask run` finds it, so that factories get the page as well.
_ADDED = f"""

import sys as _sys

from flask.cli import find_best_app as _find_best_app

app = _find_best_app(_sys.modules[__name__])


{_VIEW}"""
#: Where `flask run` looks, in this order.
_FILES = ("wsgi.py", "app.py")


def add_a_page(submission: Submission) -> Submission:
    """Return the app with one more page, which has no guard of its own."""
    for name in _FILES:
        if name in submission.files:
            changed = submission.files[name] + _ADDED.encode()
            return replace(submission, files=submission.files | {name: changed})
    return submission


def play(trial: Trial) -> Story:
    """Open the new page as a member, then as a stranger."""
    told = Teller()
    told.scene(
        "A month later, a colleague adds a page to the app and forgets the guard.",
        "Nobody notices: whoever tries it out is logged in.",
        sent=_VIEW.splitlines(),
    )
    ada = trial.account(username="ada", email="ada@example.org")
    browser = trial.visitor(name="Ada")
    enter(trial, browser, ada)
    page = browser.open(_PATH)
    if not page.sees(_SECRET):
        raise Unplayable(
            f"The added page {_PATH} does not open for somebody who is logged in: it is "
            f"{page.described()}."
        )
    told.scene("Ada, who is logged in, opens it.", "That is what it is for.", page=page)
    stranger = trial.visitor(name="a stranger")
    page = stranger.open(_PATH)
    worked = page.sees(_SECRET)
    told.scene(
        "A stranger opens it, without any cookie.",
        "So can everybody else." if worked else "A login is asked for.",
        page=page,
    )
    if worked:
        return told.end(
            True,
            "Where each page has to be guarded, one will be forgotten. Turn it round: one function "
            "before every request asks for a login, and a list names the few pages that are for "
            "everybody.",
        )
    return told.end(
        False,
        "The page has no guard of its own and needs none: what is not on the list of public pages "
        "asks for a login.",
    )


ATTACK = Attack(
    name="unguarded-page",
    title="open a new page that nobody has guarded",
    since=1,
    works_on=Target(4),
    fails_on=Target(5),
    play=play,
    prepare=add_a_page,
)
