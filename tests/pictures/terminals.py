"""Pictures of terminals for the page of screens: what real commands print.

::

    python -m tests.pictures.terminals         # draws them anew

A secret key and the salt of a hash are random, so :func:`without_chance` says what of a picture
has to stay the same.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

from checker.apps.submission import Submission
from checker.course import ROOT, STATE, steps
from checker.databases.doors import SOCKET
from checker.setup.machine import find_program
from checker.suites.bench import Bench
from checker.suites.trial import Trial
from tests.pictures.terminal import as_svg, recording

FOLDER = ROOT / "docs" / "assets" / "terminals"
#: Two of them have the same password, as people do.
PEOPLE = {
    "ada": "Analytical-Engine-1843",
    "grace": "correct horse battery",
    "alan": "correct horse battery",
}
_NEW_KEY = "import secrets; print(secrets.token_hex())"


def secret_key() -> str:
    """Return the picture of making a key."""
    done = subprocess.run(
        [sys.executable, "-c", _NEW_KEY], stdout=subprocess.PIPE, text=True, check=True
    )
    console = recording(88)
    console.print(f"$ python3 -c '{_NEW_KEY}'\n{done.stdout}$ export SECRET_KEY={done.stdout}")
    return as_svg(console, "A secret key", "key")


def table_of_step_1() -> str:
    """Return the picture of the database that the seed asks for, with three accounts in it."""
    return _client(1, "DESCRIBE accounts", "SELECT * FROM accounts")


def table_of_step_4() -> str:
    """Return the picture of the same table after step 4: the same three people, and hashes."""
    return _client(4, "SELECT id, username, LEFT(password, 40) FROM accounts")


PICTURES: dict[str, Callable[[], str]] = {
    "secret-key": secret_key,
    "accounts-step-1": table_of_step_1,
    "accounts-step-4": table_of_step_4,
}


def without_chance(svg: str) -> str:
    """Return a picture without keys, salts and hashes."""
    svg = re.sub(r"[0-9a-f]{64}", "KEY", svg)
    return re.sub(r"\$[A-Za-z0-9]{16}\$[0-9a-f]*", "SALT AND HASH", svg)


def _client(number: int, *statements: str) -> str:
    """Run a step's solution, let the people register, and ask the database's own client."""
    program = find_program("mariadb") or find_program("mysql")
    assert program, "These pictures need MariaDB's client: apt-get install mariadb-client"
    step = steps()[number - 1]
    console = recording(80)
    with Bench(STATE / "cache") as bench:
        trial = Trial(
            bench,
            Submission.read(step.solution),
            step,
            None,
            "mariadb",
            "",
            inspect=False,
            quick_hashes=False,
        )
        try:
            for name, password in PEOPLE.items():
                trial.account(name, password, f"{name}@example.org" if number > 1 else None)
            place = bench.server.socket_directory / SOCKET
            command = [program, "--no-defaults", "--table", f"--socket={place}", "pythonlogin"]
            for statement in statements:
                done = subprocess.run(
                    [*command, "--execute", statement],
                    stdout=subprocess.PIPE,
                    text=True,
                    check=True,
                )
                console.print(f"MariaDB [pythonlogin]> {statement};\n{done.stdout}")
        finally:
            trial.close()
    return as_svg(console, f"The database of step {number}", f"table{number}")


def main() -> None:
    """Write the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        (FOLDER / f"{name}.svg").write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
