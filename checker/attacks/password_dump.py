"""Reading a copy of the database: a backup, a laptop, a hole somewhere else."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from functools import cache
from itertools import islice, product

from checker.attacks.attack import Attack, Target
from checker.attacks.people import enter
from checker.attacks.story import Story, Teller
from checker.suites.trial import Trial

#: What people make passwords of; real lists have hundreds of millions of such combinations.
_WORDS = (
    *("password", "sunshine", "princess", "football", "baseball", "superman", "starwars"),
    *("welcome", "dragon", "monkey", "shadow", "master", "summer", "winter", "london", "berlin"),
)
_ENDINGS = (*("", "!", "1", "12", "123", "1234"), *map(str, range(1970, 2030)))
_DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
_COMMON = "sunshine2024"
_SHOWN = 60
#: Characters of a password at least, and texts that are tried.
_SHORTEST, _MOST = 8, 20


def play(trial: Trial) -> Story:
    """Copy the tables, take for a password whatever looks like one, and log in with it."""
    told = Teller()
    ada = trial.account(username="ada", email="ada@example.org", password=_COMMON)
    enter(trial, trial.visitor(name="Ada"), ada)

    texts = list(trial.database.text_values())
    rows = [row for row in trial.database.rows("accounts") if row.get("id") == ada.id]
    told.scene(
        "The attacker has a copy of the database: an old backup, from a laptop that was sold.",
        "The copy is read at home. No login form, no limit, no log stands in between.",
        sent=["SELECT * FROM accounts"],
        came_back=[
            f"{column}: {str(value)[:_SHOWN]}{'…' if len(str(value)) > _SHOWN else ''}"
            for row in rows
            for column, value in row.items()
        ],
    )
    known = {ada.username, ada.email}
    values = dict.fromkeys(
        text.value for text in texts if text.value not in known and len(text.value) >= _SHORTEST
    )
    tried: list[str] = []
    for value in islice(values, _MOST):
        for password, how in _readings(value):
            thief = trial.visitor(name="the attacker")
            thief.names.append(ada.username)
            page = thief.log_in(ada.login, password)
            tried.append(f"{_cut(password)!r}: {how}")
            if not thief.logged_in():
                continue
            told.scene(
                f"The attacker logs in as {ada.username} with {_cut(password)!r}: {how}.",
                "This password may open her mailbox as well: many people have one for everything.",
                page=page,
            )
            return told.end(
                True,
                "Whoever reads the table has the passwords. Encodings can be undone, and a quick "
                "hash without a salt can be looked up in a table made once for everybody. Store "
                "a slow hash with a salt: `generate_password_hash`.",
            )
    told.scene(
        "The attacker takes what is there for a password, undoes what can be undone, and looks for "
        f"it in a table of the hashes of {len(_WORDS) * len(_ENDINGS)} common passwords.",
        "A salt makes that table useless: Ada's password is in it, her hash is not.",
        sent=tried[:6] + (["…"] if len(tried) > 6 else []),
        came_back=["None of it logs in."],
    )
    return told.end(
        False,
        "The copy does not hold the password, nor anything that opens the account. What is left is "
        "to guess one password at a time for one account at a time, and a slow hash makes each "
        "guess cost. Weak passwords still fall to that in the end.",
    )


def _readings(value: str) -> Iterator[tuple[str, str]]:
    """Yield the passwords that a stored text may stand for, and how each was found."""
    yield value, "it stands there as it is"
    yield value[::-1], "it stands there backwards"
    for name, undo in (
        ("base64", base64.b64decode),
        ("base64 for addresses", base64.urlsafe_b64decode),
        ("base85", base64.b85decode),
        ("hexadecimal", binascii.unhexlify),
    ):
        try:
            password = undo(value).decode()
        except ValueError:
            continue
        if password.isprintable() and password:
            yield password, f"it stands there in {name}, which anybody can undo"
    found = _table().get(value.strip().lower().rpartition("$")[2])
    if found is not None:
        digest, password = found
        yield password, f"its {digest} hash is in a table of hashes of common passwords"


@cache
def _table() -> dict[str, tuple[str, str]]:
    """Return the quick hashes of common passwords: hash to its name and the password."""
    return {
        hashlib.new(digest, f"{word}{ending}".encode(), usedforsecurity=False).hexdigest(): (
            digest.upper(),
            f"{word}{ending}",
        )
        for word, ending in product(_WORDS, _ENDINGS)
        for digest in _DIGESTS
    }


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


ATTACK = Attack(
    name="password-dump",
    title="read the passwords in a copy of the database",
    since=1,
    works_on=Target(3),
    fails_on=Target(4),
    play=play,
)
