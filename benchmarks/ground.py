"""What all graders stand on: one database server that runs already, and the apps to grade."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import psutil

from checker import mistakes
from checker.apps.submission import Submission
from checker.course import STATE, Step, steps
from checker.databases import enclosure
from checker.databases.private import PrivateServer
from checker.mistakes import Edit, Mistake

COURSE = steps()
_MOST_CONNECTIONS = 200
#: The checker begins a new log for each check; the peers' has all their work in it.
_NO_LIMIT = re.sub(r"ulimit -f \d+", "ulimit -f unlimited", enclosure._LIMITS)
#: For each of the ten checks a wrong app that it is there to catch, from the catalogue.
CAUGHT = {
    "login-form": "get-form",
    "home-needs-login": "unguarded-home",
    "right-password": "no-session",
    "redirect-home": "page-instead-of-redirect",
    "wrong-password": "any-password",
    "unknown-user": "no-row-no-check",
    "same-error": "two-messages",
    "injection-login": "f-string",
    "missing-fields": "none-strip",
}
_DOES_NOT_START = Mistake(
    id="does-not-start",
    title="A library is imported that there is not",
    edits=(Edit("app.py", "import hmac\n", "import hmac\nimport hmac_of_mine\n"),),
    killed_by="app-starts",
    teaches="",
    source="",
)


class Ground:
    """The peers' database server, a private one as the checker's own: same program, same options.

    :ivar process: that server, whose processor time counts as its users'.
    :ivar settings: the environment that tells an app where it is.
    """

    def __init__(self) -> None:
        with mock.patch.object(enclosure, "_LIMITS", _NO_LIMIT):
            self._server = PrivateServer.start(STATE / "cache")
        self.process: psutil.Process | None = None
        self.clean()
        socket = self._server.socket_directory / "mysqld.sock"
        self.settings = {
            "MYSQL_UNIX_SOCKET": str(socket),
            "MYSQL_HOST": "localhost",
            "MYSQL_PORT": "3306",
            "MYSQL_USER": "flask",
            "MYSQL_PASSWORD": "flask",
        }

    def clean(self) -> None:
        """Begin with a new server, as empty as the one before was."""
        if self.process is not None:  # what a thousand databases leave behind fills its disk
            with mock.patch.object(enclosure, "_LIMITS", _NO_LIMIT):
                self._server._restart()
        self._server.new_database("")
        around, admin = self._server._enclosure, self._server._admin
        assert around is not None
        assert admin is not None
        # Two of check50 at a time open more than one app may.
        admin.query(f"SET GLOBAL max_connections = {_MOST_CONNECTIONS}")
        below = psutil.Process(around._process.pid).children(recursive=True)
        self.process = next(each for each in below if each.name() in ("mariadbd", "mysqld"))

    def tidy(self) -> None:
        """Drop the databases of processes that are gone: check50's end without a word."""
        admin = self._server._admin
        assert admin is not None
        for row in admin.query("SHOW DATABASES LIKE 'bench\\_%'"):
            (name,) = map(str, row.values())
            if not psutil.pid_exists(int(name.removeprefix("bench_"))):
                admin.query(f"DROP DATABASE IF EXISTS {name}")

    def close(self) -> None:
        """End the server."""
        self._server.close()

    def __enter__(self) -> Ground:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


def solution(step: Step, into: Path) -> Path:
    """Write a step's reference app into a new folder, as a student would hand it in."""
    return write(dict(Submission.read(step.solution).files), into)


def write(files: dict[str, bytes], into: Path) -> Path:
    """Write files into a new folder and return it."""
    shutil.rmtree(into, ignore_errors=True)
    for name, data in files.items():
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return into


def mistaken(step: Step, mistake: Mistake) -> dict[str, bytes]:
    """Return the files of a step's reference app with a mistake made in it."""
    files = Submission.read(step.solution).files
    texts = {name: data.decode() for name, data in files.items()}
    return {name: text.encode() for name, text in mistakes.apply(mistake, texts).items()}


def wrong_apps() -> Iterator[tuple[str, Mistake]]:
    """Yield, for each of the ten checks, a wrong app of step 1 that it must refuse."""
    known = {each.id: each for each in mistakes.load(1)}
    yield "app-starts", _DOES_NOT_START
    for check, name in CAUGHT.items():
        yield check, known[name]
