"""Browsers that are remembered: the box to tick, devices of one account, thieves' copies."""

from __future__ import annotations

import re
import time

from checker.suites.check import Account, expect
from checker.suites.trial import Trial
from checker.visitor import Cookie, Field, Form, Page, Visitor

_REMEMBER = re.compile(
    r"remember|keep|stay|merk|erinner|angemeldet|eingeloggt|record|recuérd|recorda|manten|souven"
    r"|connecté|ricord|lembr|conect|onthoud|ingelogd|kom ihåg|minns|zapam|pamat|muista|запомн"
    r"|помни|остав|記憶|记住|保持|기억|유지|تذكر|זכור",
    re.IGNORECASE,
)


def box_of(form: Form) -> Field | None:
    """Return the box of a login form that is about being remembered."""
    boxes = [each for each in form.fields if each.type == "checkbox" and each.is_usable]

    def says_so(each: Field) -> bool:
        words = (each.name, each.label, each.attributes.get("id", ""))
        return _REMEMBER.search(" ".join(words)) is not None

    named = [each for each in boxes if each.name]
    return next((each for each in named if says_so(each)), None) or next(iter(named), None)


def form_and_box(visitor: Visitor) -> tuple[Form, Field]:
    """Let a visitor open the login page; return its form and the box in it.

    :raises CheckFailed: there is no form, or no box in it.
    """
    form = visitor.find_login_form()
    box = box_of(form) if form is not None else None
    seen = form.described() if form is not None else "no login form"
    expect(
        box is not None,
        expected='The login form has a box to tick: <input type="checkbox"> with a name.',
        seen=f"There is {seen}.",
    )
    assert form is not None and box is not None
    return form, box


def log_in(visitor: Visitor, account: Account, *, remember: bool | None) -> Page:
    """Log in, with the box ticked or not; ``None`` where there is none."""
    visitor.names.append(account.username)
    if remember is None:
        return visitor.log_in(account.login, account.password)
    form, box = form_and_box(visitor)
    return visitor.submit(form, typed_by(form, account) | {box: remember})


def device_of(trial: Trial, account: Account, *, remember: bool | None) -> Visitor:
    """Return a new browser in which an account has just logged in."""
    how = "with the box ticked" if remember else "without the tick"
    visitor = trial.visitor(name=f"{account.username}, in a browser {how},")
    log_in(visitor, account, remember=remember)
    return visitor


def typed_by(form: Form, account: Account, new: str = "") -> dict[Field | str, str | bool]:
    """Return what the owner of an account types into a form.

    :param new: the new password, where one is asked for.
    """
    known = {
        "username": account.login,
        "email": account.email,
        "password": new if form.kind == "password" else account.password,
        "confirmation": new,
        "current_password": account.password,
    }
    return {field: known[role] for role, field in form.roles.items()}


def stop_the_clock(visitor: Visitor) -> None:
    """Let time pass only when somebody waits, from now on."""
    if visitor.now is None:
        visitor.now = time.time()


def copy_of(visitor: Visitor, name: str) -> Visitor:
    """Return another browser with the same cookies: a thief's, or the same at another time."""
    twin = visitor.stranger(name)
    twin.names = [*visitor.names]
    twin.cookies = visitor.cookies.copy()
    return twin


def without(visitor: Visitor, cookie: Cookie) -> Visitor:
    """Return another browser with the same cookies but one."""
    twin = copy_of(visitor, f"the same browser without its cookie {cookie.name!r}")
    twin.cookies.delete(cookie.name)
    return twin


def replace(visitor: Visitor, cookie: Cookie, value: str) -> None:
    """Write another value into a cookie by hand."""
    visitor.cookies.delete(cookie.name)
    visitor.cookies.set(cookie.name, value)


def remembering(visitor: Visitor) -> list[Cookie]:
    """Return the cookies that outlive the browser and without which nobody is remembered."""
    closed = copy_of(visitor, "the same browser, closed and opened,")
    closed.cookies.end_session()
    return [cookie for cookie in closed.cookies if not without(closed, cookie).logged_in()]
