"""What people do from step 02 on, and where to look in the table ``accounts`` afterwards."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

from checker.databases.inspector import Inspector, Row
from checker.databases.trouble import DatabaseTrouble
from checker.suites.check import Account, expect
from checker.suites.trial import Trial
from checker.visitor import Form, NoForm, Page, Visitor
from checker.visitor.kinds import Role

_MOST_LINKS = 20
_LONGEST_QUOTE = 160
_CLIENT_ERROR = 400
_URLENCODED = "application/x-www-form-urlencoded"


# -- registering


def fields_for(trial: Trial, **changes: str) -> dict[str, str]:
    """Make up what somebody types into the registration form, but for what is given.

    :param changes: any of ``username``, ``email``, ``password`` and ``confirmation``; the
        confirmation is the password unless it is given.
    """
    made_up = {
        "username": trial.name(),
        "email": f"{trial.name().lower()}@example.org",
        "password": trial.password(),
    } | changes
    return {"confirmation": made_up["password"]} | made_up


def register_form(trial: Trial, visitor: Visitor) -> Form:
    """Let a visitor open the registration page and find its form.

    :raises NoForm: there is none.
    """
    form = visitor.find_form("register")
    if form is None:
        seen = visitor.page.described() if visitor.page else "nothing"
        raise NoForm(f"a form to register with at {trial.paths['register']}", seen)
    return form


def sent(form: Form, typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what a tool would send: hidden fields, and what is typed under the form's own names.

    :param typed: text by role: ``username``, ``email``, ``password``, ``confirmation``. A role that
        is left out is not sent, nor one that the form has no field for.
    """
    roles: dict[Role, str] = {role: field.name for role, field in form.roles.items()}
    hidden = [(field.name, field.value) for field in form.fields if field.type == "hidden"]
    return [*hidden, *((name, typed[role]) for role, name in roles.items() if role in typed)]


def expect_refused(
    trial: Trial, doing: str, *, form_again: bool = True, **changes: str
) -> tuple[Visitor, Page]:
    """Let somebody register with something wrong; expect the form again, a message and no row.

    :param doing: what is wrong, after "somebody": ``who leaves the name empty``.
    :param form_again: whether an error page without the form would not do.
    :param changes: see :func:`fields_for`.
    :return: who it was, and the page that came back.
    :raises CheckFailed: it is not refused, or not so.
    """
    typed = fields_for(trial, **changes)
    visitor = trial.visitor(name=f"somebody {doing}")
    blank = visitor.open("register").visible_text
    before = number_of_accounts(trial.database)
    page = trial.register(visitor, **typed)
    expect(
        number_of_accounts(trial.database) == before,
        expected=f"Somebody {doing} is refused: no account is made.",
        seen="There is a new row in the table `accounts`.",
    )
    visitor.names += [typed["username"], typed["email"]]
    expect(
        not visitor.logged_in(),
        expected=f"Somebody {doing} is refused, and not logged in.",
        seen="Somebody is logged in.",
    )
    expect_form_with_message(trial, page, blank, doing, form_again=form_again)
    return visitor, page


def expect_form_with_message(
    trial: Trial, page: Page, blank: str, doing: str, *, form_again: bool = True
) -> None:
    """Expect a page that says what was wrong and lets the visitor try again.

    :param blank: the text of the registration page before.
    """
    if page.status >= _CLIENT_ERROR and not form_again:
        return
    expect(
        page.find_form("register", trial.paths["register"]) is not None,
        expected=f"Somebody {doing} gets the form again.",
        seen=f"The app showed {page.url.target}: {page.described()}.",
    )
    expect(
        page.visible_text != blank,
        expected=f"Somebody {doing} reads what was wrong.",
        seen=f"The app showed {page.url.target} just as before, without any message.",
    )


# -- being logged in


def shows_account(page: Page, account: Account) -> bool:
    """Tell whether a page shows an account's e-mail address, in capitals or not."""
    return account.email.casefold() in page.visible_text.casefold()


def links_within(visitor: Visitor, page: Page) -> list[str]:
    """Return where the links of a page lead, as far as they stay in the app; at most twenty."""
    start = f"{visitor.base}".rstrip("/")
    inside = (link.url for link in page.links if link.url.startswith(start))
    return list(dict.fromkeys(inside))[:_MOST_LINKS]


def brief(page: Page) -> str:
    """Return a page in a few words: its status, and the start of what it says."""
    return f"{page.status}, “{page.visible_text[:_LONGEST_QUOTE]}”"


# -- looking into the table


def number_of_accounts(database: Inspector) -> int:
    """Return how many accounts there are, by one look: in the jail each look costs a process."""
    return int(str(database.execute("SELECT COUNT(*) AS number FROM accounts")[0]["number"]))


def row_of(database: Inspector, email: str) -> Row | None:
    """Return the row of the account with this e-mail address, stored in whatever letters.

    :raises DatabaseTrouble: the table has no such column.
    """
    found = database.execute("SELECT * FROM accounts WHERE LOWER(email) = %s", (email.lower(),))
    return found[0] if found else None


def delete_account(trial: Trial, account: Account) -> None:
    """Take an account out of the table, whatever other tables say of it."""
    on_server = trial.database_kind == "mariadb"
    if on_server:
        trial.database.execute("SET FOREIGN_KEY_CHECKS = 0")
    trial.database.execute("DELETE FROM accounts WHERE id = %s", (account.id,))
    if on_server:
        trial.database.execute("SET FOREIGN_KEY_CHECKS = 1")


def keeps_unique(trial: Trial, column: str) -> bool:
    """Tell whether the database itself refuses a second account with the same ``column``.

    An index on an expression or on a generated column counts when it is made of the column.
    """
    look = _unique_in_sqlite if trial.database_kind == "sqlite" else _unique_in_mariadb
    return any(re.search(rf"\b{column}", what) for what in look(trial.database))


def _unique_in_mariadb(database: Inspector) -> Iterator[str]:
    """Yield the column, or the expression, of every unique index on one of them alone."""
    made_of = {
        str(row["name"]): str(row["expression"] or "")
        for row in database.execute(
            "SELECT COLUMN_NAME AS name, GENERATION_EXPRESSION AS expression"
            " FROM information_schema.COLUMNS"
            " WHERE TABLE_SCHEMA = %s AND TABLE_NAME = 'accounts'",
            (database.name,),
        )
    }
    parts: dict[str, list[str]] = {}
    for row in database.execute(
        "SELECT * FROM information_schema.STATISTICS"
        " WHERE TABLE_SCHEMA = %s AND TABLE_NAME = 'accounts' AND NON_UNIQUE = 0",
        (database.name,),
    ):
        name = str(row["COLUMN_NAME"] or "")
        what = made_of.get(name) or name or str(row.get("EXPRESSION") or "")
        parts.setdefault(str(row["INDEX_NAME"]), []).append(what)
    for columns in parts.values():
        if len(columns) == 1:
            yield columns[0]


def _unique_in_sqlite(database: Inspector) -> Iterator[str]:
    """Yield the column, or the statement, of every unique index on one thing alone."""
    for index in database.execute("PRAGMA index_list('accounts')"):
        name = str(index["name"])
        parts = database.execute(f"PRAGMA index_info({database.quoted(name)})")
        if not index["unique"] or len(parts) != 1:
            continue
        if parts[0]["name"] is not None:
            yield str(parts[0]["name"])
        else:
            made = database.execute("SELECT sql FROM sqlite_schema WHERE name = %s", (name,))
            yield str(made[0]["sql"]).rpartition("accounts")[2]


@contextlib.contextmanager
def outrun(trial: Trial, taken: Account, column: str) -> Iterator[bool]:
    """Let the next account collide with ``taken`` at the very moment in which it is stored.

    That is what happens to the slower one of two visitors: when the app looked, the name was free.
    Nobody has to be fast for it: a trigger turns what is stored into what is taken, or, in SQLite,
    what is taken into what is stored.

    :param column: ``username`` or ``email``.
    :return: whether it could be arranged; on a server of your own the right may be missing.
    """
    value = getattr(taken, column)
    if trial.database_kind == "sqlite":
        action = f"BEGIN UPDATE accounts SET {column} = NEW.{column} WHERE id = {taken.id}; END"
        rows = ""
        values: Sequence[object] = ()
    else:
        action, rows, values = f"SET NEW.{column} = %s", "FOR EACH ROW", (value,)
    statement = f"CREATE TRIGGER somebody_faster BEFORE INSERT ON accounts {rows} {action}"
    try:
        trial.database.execute(statement, values)
    except DatabaseTrouble:
        yield False
        return
    try:
        yield True
    finally:
        trial.database.execute("DROP TRIGGER somebody_faster")


# -- what programs send


def odd_bodies(
    fields: Mapping[str, str], hidden: Iterable[tuple[str, str]] = ()
) -> Iterator[tuple[str, str, bytes]]:
    """Yield what no browser would send: what it is, its content type, and the bytes.

    :param fields: the form's own names with ordinary values; each is made odd in its turn, together
        with those that hold the same, such as a password and its repetition.
    :param hidden: further fields, left as they are.
    """
    ordinary = {quote(name).encode(): quote(value).encode() for name, value in fields.items()}
    rest = [quote(name).encode() + b"=" + quote(value).encode() for name, value in hidden]
    for what, value in (
        ("emoji", "😀".encode() * 8),
        ("a text in Chinese", "登录".encode() * 4),
        ("a zero byte", b"abcdefg%00hijklmn"),
        ("bytes that are no text", b"%ff%fe%80" * 4),
        ("half a character", b"%ed%a0%80" * 8),
        ("a megabyte", b"a" * 1_000_000),
        ("control characters", b"%01%02%1b%5b2J%7f" * 2),
        ("percent signs", b"%25s%25(x)s%25d" * 2),
        ("braces", b"{{7*7}}{0}"),
    ):
        for usual in dict.fromkeys(ordinary.values()):
            names = [name.decode() for name, text in ordinary.items() if text == usual]
            odd = {key: value if text == usual else text for key, text in ordinary.items()}
            pairs = [key + b"=" + text for key, text in odd.items()]
            yield f"{what} as {names[0]!r}", _URLENCODED, b"&".join([*rest, *pairs])
    twice = [name + b"=a" for name in ordinary] * 2
    yield "every field twice", _URLENCODED, b"&".join([*rest, *twice])
    lists = [name + b"[]=a" for name in ordinary]
    yield "the fields as lists", _URLENCODED, b"&".join([*rest, *lists])
    yield "ten thousand fields", _URLENCODED, b"&".join(b"f%d=1" % n for n in range(10_000))
    members = b", ".join(b'"' + name + b'": 0' for name in ordinary)
    yield "JSON", "application/json", b"{" + members + b', "password": null}'
    # No list: on one, Flask-WTF 1.3 fails by itself, whatever the app does (its form.py takes
    # any JSON for a dictionary).
    yield "broken JSON", "application/json", b"{"
    yield "plain text", "text/plain", b"username=a&password=b"
    yield "a form without a boundary", "multipart/form-data", b"--x"
    yield "a broken multipart form", "multipart/form-data; boundary=x", b"--x\r\nfoo"
    some = next(iter(ordinary))
    yield "an unknown charset", _URLENCODED + "; charset=nonsense", some + b"=%e9"
    yield "nothing at all", _URLENCODED, b""


# -- from one step to the next


def accounts_in(database: Inspector) -> list[tuple[object, ...]]:
    """Return what has to outlive an upgrade of every account; a hash may be renewed."""
    columns = ("id", "username", "email", "active")
    return sorted(tuple(row[column] for column in columns) for row in database.rows("accounts"))
