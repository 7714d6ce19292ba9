"""What the people of the plays have in common, whatever the attack."""

from __future__ import annotations

from checker.attacks.attack import Unplayable
from checker.suites.check import Account
from checker.suites.trial import Trial
from checker.visitor import Field, Page, Visitor

#: The first step with a page to change the password.
CHANGES_PASSWORD = 4


def enter(trial: Trial, visitor: Visitor, account: Account, *, remember: bool = False) -> Page:
    """Log in with the right password and return where that led.

    :param remember: tick whatever the login form offers to tick.
    :raises Unplayable: it does not log anybody in.
    """
    form = visitor.find_login_form()
    if form is None:
        raise Unplayable(f"There is no login form at {trial.paths['login']}.")
    assert form.text_field is not None
    values: dict[Field | str, str | bool] = {
        form.text_field: account.login,
        form.password_fields[0]: account.password,
    }
    if remember:
        values |= {each: True for each in form.fields if each.type == "checkbox"}
    visitor.names.append(account.username)
    page = visitor.submit(form, values)
    if not visitor.logged_in():
        raise Unplayable(f"The right password does not log in {account.username}.")
    return page


def open_pages(trial: Trial, visitor: Visitor, account: Account) -> list[str]:
    """Return the paths of the pages that a visitor gets as the owner of the account.

    A page counts when it shows the account's name or e-mail, or the form to change its password,
    and a stranger gets none of that.
    """
    found = []
    names = ["dashboard"] if trial.step.number > 1 else ["home"]
    names += ["password"] if trial.step.number >= CHANGES_PASSWORD else []
    for name in names:
        page, theirs = visitor.open(name), visitor.stranger().open(name)
        if _is_owners(page, account) and not _is_owners(theirs, account):
            found.append(trial.paths[name])
    return found


def change_password(visitor: Visitor, account: Account, password: str) -> Page:
    """Let the owner change the password, in the form that is there for it.

    :raises Unplayable: there is no such form.
    """
    form = visitor.find_form("password")
    if form is None:
        raise Unplayable(f"There is no form to change the password at {visitor.paths['password']}.")
    typed = {
        role: account.password if role == "current_password" else password for role in form.roles
    }
    return visitor.submit(form, form.filled(typed))


def _is_owners(page: Page, account: Account) -> bool:
    if page.status != 200:
        return False
    shown = page.greets(account.username) or (account.email and page.sees(account.email))
    return bool(shown) or page.find_form("password") is not None
