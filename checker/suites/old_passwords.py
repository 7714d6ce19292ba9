"""Passwords that are stored as step 3 stored them, in the steps after step 4."""

from __future__ import annotations

from checker.suites.check import expect
from checker.suites.trial import Trial, WatchedApp


def open_nothing_to_others(trial: Trial, app: WatchedApp) -> None:
    """Put a plain password into the table; only its owner may get in, and then it becomes a hash.

    An account that nobody has used since step 3 may still have one. To refuse it is right as well.
    """
    account, plain = trial.account(app=app), trial.password()
    trial.database.execute("UPDATE accounts SET password = %s WHERE id = %s", (plain, account.id))
    guest = trial.visitor(app, name="somebody who guesses at an account of step 3")
    guest.log_in(account.login, trial.password())
    expect(
        not guest.logged_in(),
        expected="A wrong password is refused, whatever is stored.",
        seen="Where a plain password of step 3 is stored, any other opens the account.",
    )
    owner = trial.visitor(app, name="the owner of that account")
    owner.log_in(account.login, plain)
    if owner.logged_in():
        expect(
            all(found.value != plain for found in trial.database.text_values()),
            expected="A plain password of step 3 is a hash after its owner has logged in.",
            seen="It is in the table as before.",
        )
