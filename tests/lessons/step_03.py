"""What lesson 3 shows: the id that SQLite gives twice, and the length that it does not mind."""

import sqlite3

from checker.attacks import Target
from checker.attacks.playing import target_app
from checker.course import STATE, steps
from checker.suites.bench import Bench
from checker.suites.people import delete_account
from checker.suites.trial import Trial

_EXCERPT = 39
STATEMENTS = (
    "CREATE TABLE people (name VARCHAR(5))",
    "INSERT INTO people VALUES ('Bartholomew')",
    "SELECT name, length(name) FROM people",
)


def reused_id() -> str:
    """Return what a deleted account's cookie opens, where the model leaves out one option."""
    submission, step = target_app(Target(3, "ids-reused"), steps())
    told = []
    with Bench(STATE / "cache") as bench:
        trial = Trial(bench, submission, step, None, "sqlite", "id", inspect=False)
        try:
            mallory = trial.account(username="mallory", email="mallory@example.org")
            browser = trial.visitor()
            browser.log_in(mallory.login, mallory.password)
            told.append(f"Mallory logs in                   id {mallory.id}")
            delete_account(trial, mallory)
            told.append("Mallory's account is deleted")
            ada = trial.account(username="ada", email="ada@example.org")
            told.append(f"Ada registers                     id {ada.id}")
            page = browser.open("dashboard")
            shown = page.visible_text.removeprefix(page.title).strip()
            told.append(f"Mallory opens /dashboard again    “{shown[:_EXCERPT].strip()}…”")
        finally:
            trial.close()
    return "\n".join(told)


def long_name() -> str:
    """Return what SQLite says of a long name in a short column."""
    with sqlite3.connect(":memory:") as database:
        *first, last = STATEMENTS
        for statement in first:
            database.execute(statement)
        return "\n".join(repr(row) for row in database.execute(last))
