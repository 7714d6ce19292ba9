"""How a check is written: a function, a sentence, what it depends on, and what it expected.

.. code-block:: python

    @check(
        "wrong-password",
        needs=("right-password",),
        lesson="the-login-view",
        hints=("A nudge.", "More.", "Almost the answer."),
    )
    def test_wrong_password(visitor: Visitor, account: Account) -> None:
        \"\"\"A wrong password is refused.\"\"\"
        visitor.log_in(account.username, "not " + account.password)
        expect(not visitor.logged_in(), expected="…", seen="…")

The docstring's first line is what the student reads. Points are in the step's ``step.toml``. A
check that says "this must not be possible" needs the check that says "and this must": otherwise
an app that refuses everything would pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import NamedTuple

#: Where a function keeps what is known of it as a check.
_ABOUT = "check"


@dataclass(frozen=True)
class Check:
    """What is known of a check without running it.

    :ivar needs: ids of checks that have to pass first.
    :ivar lesson: anchor of the lesson's section that it belongs to.
    :ivar hints: from a nudge to almost the answer.
    :ivar may_crash: whether a 5xx answer is all right in it.
    :ivar true_hashes: whether it is about the time that a password hash takes.
    :ivar databases: the kinds of database that it is about; all that the step has when empty.
    :ivar fresh: whether it wants an app and a database that no other check has used.
    :ivar either: whether one of them is enough, because nothing that it asks is up to a database.
    """

    id: str
    title: str
    needs: tuple[str, ...]
    lesson: str
    hints: tuple[str, str, str]
    may_crash: bool
    databases: tuple[str, ...]
    either: bool
    true_hashes: bool
    fresh: bool
    function: Callable[..., None]


class Account(NamedTuple):
    """An account of the app, as its owner knows it.

    :ivar email: empty in step 01, where accounts have none.
    """

    id: int
    username: str
    password: str
    email: str = ""

    @property
    def login(self) -> str:
        """What its owner types into the login form: the e-mail, where there is one."""
        return self.email or self.username


class CheckFailed(Exception):
    """The submission does not do what the check asks for; both sides said."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(f"expected {expected}; seen {seen}")
        self.expected = expected
        self.seen = seen


def expect(condition: object, *, expected: str, seen: str) -> None:
    """Go on when ``condition`` is true.

    :param expected: what should be there, as a sentence for the student.
    :param seen: what is there instead.
    :raises CheckFailed: it is false.
    """
    if not condition:
        raise CheckFailed(expected, seen)


def check(
    identifier: str,
    *,
    needs: tuple[str, ...] = (),
    lesson: str,
    hints: tuple[str, str, str],
    may_crash: bool = False,
    databases: tuple[str, ...] = (),
    either: bool = False,
    true_hashes: bool = False,
    fresh: bool = False,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a check; see the module's text."""

    def mark(function: Callable[..., None]) -> Callable[..., None]:
        title = (function.__doc__ or "").strip().partition("\n")[0]
        vars(function)[_ABOUT] = Check(
            id=identifier,
            title=title,
            needs=needs,
            lesson=lesson,
            hints=hints,
            may_crash=may_crash,
            databases=databases,
            either=either,
            true_hashes=true_hashes,
            fresh=fresh or may_crash or true_hashes,
            function=function,
        )
        return function

    return mark


def checks_in(module: ModuleType) -> list[Check]:
    """Return the checks that a suite defines, in the order of the file."""
    return [
        value.__dict__[_ABOUT]
        for value in vars(module).values()
        if isinstance(value, FunctionType)
        and _ABOUT in value.__dict__
        and value.__module__ == module.__name__
    ]
