"""Solutions started for real, and a person with a browser in front of each."""

from __future__ import annotations

import contextlib
import multiprocessing
import re
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from solution_process import LIBRARIES, serve

from checker.databases.database import Database

ROOT = Path(__file__).parents[2]
FOLDERS = {int(folder.name[:2]): folder for folder in sorted((ROOT / "solutions").glob("[0-9]*"))}
PASSWORD = "correct horse 'battery' \N{PILE OF POO}"
#: Weak and fast. What the solutions do without it has a test of its own.
FAST = "scrypt:1024:8:1"
HASH = re.compile(r"scrypt:(\d+):(\d+):(\d+)\$\w+\$[0-9a-f]{128}")

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(LIBRARIES)


@dataclass
class Answer:
    """One response."""

    status: int
    headers: list[tuple[str, str]]
    text: str
    #: Seconds of the processor's time. Unlike those on the clock, others do not add to them.
    work: float = 0.0

    def header(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return found[0] if found else None

    @property
    def location(self) -> str | None:
        return self.header("Location")

    @property
    def set_cookies(self) -> dict[str, str]:
        """The cookies set, whole, by name."""
        values = [value for key, value in self.headers if key.lower() == "set-cookie"]
        return {value.partition("=")[0]: value for value in values}


class Process:
    """A running solution; see ``solution_process.py``."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.secret_key = environment["SECRET_KEY"]
        #: Seconds since 1970 that the app takes for the time, or None for the real one.
        self.now: float | None = None
        self._errors = folder.parent / f"{folder.name}.errors"
        self._pipe, other = FORKS.Pipe()
        self._process = FORKS.Process(
            target=serve, args=(folder, environment, self._errors, other), daemon=True
        )
        self._process.start()
        other.close()

    def send(self, *requests: dict[str, Any]) -> list[Answer]:
        """Send requests, all at once when there are several."""
        try:
            self._pipe.send((self.now, requests))
            answers = self._pipe.recv()
        except (EOFError, ConnectionError):
            raise AssertionError(f"{self.folder.name} ended:\n{self.errors()}") from None
        return [Answer(*answer) for answer in answers]

    def errors(self) -> str:
        """Return what the process wrote to its standard error."""
        return self._errors.read_text()

    def end(self) -> None:
        self._pipe.close()
        self._process.join()
        self._process.close()


@dataclass
class Person:
    """Somebody with a browser."""

    process: Process
    cookies: dict[str, str] = field(default_factory=dict)
    last: Answer = field(default_factory=lambda: Answer(0, [], ""))
    _lasting: dict[str, float] = field(default_factory=dict)

    def request(self, method: str, path: str, **more: Any) -> Answer:
        """Send one request, with the browser's cookies; follow nothing."""
        headers = more.pop("headers", {})
        if self.cookies:
            pairs = (f"{name}={value}" for name, value in self.cookies.items())
            headers = {"Cookie": "; ".join(pairs)} | headers
        [self.last] = self.process.send({"method": method, "path": path, "headers": headers} | more)
        for name, value in self.last.set_cookies.items():
            self._keep(name, value)
        return self.last

    def get(self, path: str, **more: Any) -> Answer:
        return self.request("GET", path, **more)

    def post(self, path: str, **form: str) -> Answer:
        return self.request("POST", path, data=form)

    def register(self, name: str, **changes: str) -> Answer:
        form = dict(
            username=name, email=f"{name}@x.example", password=PASSWORD, confirmation=PASSWORD
        )
        return self.post("/register", **(form | changes))

    def log_in(self, name: str, password: str = PASSWORD, **more: str) -> Answer:
        return self.post("/login", email_or_username=name, password=password, **more)

    def change_password(self, current: str, new: str) -> Answer:
        return self.post("/password", current_password=current, new_password=new, confirmation=new)

    def is_logged_in(self) -> bool:
        """Tell whether the dashboard opens, and make sure that it is shown to nobody else."""
        answer = self.get("/dashboard")
        assert answer.status in (200, 302), self.process.errors()
        if answer.status == 302:
            assert "Hello" not in answer.text
            assert str(answer.location).startswith("/login")
        return answer.status == 200

    def restart_browser(self) -> None:
        """Lose the cookies that end with the browser, and those past their time."""
        now = self.process.now or time.time()
        self._lasting = {name: end for name, end in self._lasting.items() if end > now}
        self.cookies = {name: self.cookies[name] for name in self._lasting}

    def _keep(self, name: str, header: str) -> None:
        value, *attributes = (part.strip() for part in header.partition("=")[2].split(";"))
        settings = dict(part.lower().partition("=")[::2] for part in attributes)
        now = self.process.now or time.time()
        end = None
        if "max-age" in settings:
            end = now + int(settings["max-age"])
        elif "expires" in settings:
            end = parsedate_to_datetime(settings["expires"]).timestamp()
        self.cookies.pop(name, None)
        self._lasting.pop(name, None)
        if end is None or end > now:
            self.cookies[name] = value
        if end is not None and end > now:
            self._lasting[name] = end


class Workbench:
    """Starts solutions, and ends them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def copy(self, step: int) -> Path:
        """Return a new copy of a step's solution."""
        self._count += 1
        copy = self._folder / f"{self._count}-step-{step:02d}"
        unwanted = shutil.ignore_patterns("__pycache__", "instance")
        return Path(shutil.copytree(FOLDERS[step], copy, ignore=unwanted))

    @contextlib.contextmanager
    def solution(
        self, step: int, environment: dict[str, str], *, more: str = "", fast: bool = True
    ) -> Iterator[Process]:
        """Run a private copy of a step's solution.

        :param more: code to add to its ``app.py``.
        :param fast: let it make weak hashes.
        """
        copy = self.copy(step)
        settings = {"SECRET_KEY": "only for these tests " * 2}
        settings |= {"PASSWORD_METHOD": FAST} if fast else {}
        with (copy / "app.py").open("a") as file:
            file.write(more)
        process = Process(copy, settings | environment)
        try:
            yield process
        finally:
            process.end()


def messages(answer: Answer) -> list[str]:
    """Return what the page says in its message boxes."""
    parts = answer.text.split('role="alert">')[1:] + answer.text.split('role="status">')[1:]
    return [unescape(part.partition("</p>")[0].strip()) for part in parts]


def is_refused(answer: Answer) -> bool:
    """Tell whether a form was shown again with messages."""
    return answer.status == 200 and bool(messages(answer))


def new_name() -> str:
    """Return a username that nobody has yet."""
    return f"ada-{secrets.token_hex(4)}"


def from_step(first: int, databases: tuple[str, ...] = ("sqlite", "mysql")) -> pytest.MarkDecorator:
    """Run a test for this step's solution and those after it, on each of their databases."""
    runs = [(step, kind) for step in range(first, 7) for kind in databases]
    runs = [run for run in runs if run != (2, "sqlite")]  # step 02 knows MySQL only
    names = [f"{number:02d}-{kind}" for number, kind in runs]
    return pytest.mark.parametrize("app", runs, indirect=True, ids=names, scope="session")


class Databases:
    """Makes an empty database and returns the environment that leads an app to it."""

    def __init__(self, folder: Path, server: Database) -> None:
        self._folder = folder
        self._server = server
        self._count = 0

    def sqlite(self) -> dict[str, str]:
        self._count += 1
        return {"DATABASE_URL": f"sqlite:///{self._folder}/{self._count}.db"}

    def mysql(self, driver: str = "mysql+mysqldb") -> dict[str, str]:
        """Make a database with the character set that a MariaDB has when nobody chose one."""
        self._count += 1
        name = f"scratch_{self._count}"
        self._server.execute(f"CREATE DATABASE {name} CHARACTER SET latin1")
        settings = self._server.settings | {"MYSQL_DB": name}
        socket = quote(settings["MYSQL_UNIX_SOCKET"], safe="")
        user, password = settings["MYSQL_USER"], settings["MYSQL_PASSWORD"]
        query = f"unix_socket={socket}&charset=utf8mb4"
        url = f"{driver}://{user}:{password}@localhost/{name}?{query}"
        return settings | {"DATABASE_URL": url}

    def with_schema(self) -> dict[str, str]:
        """Make a database with the table of step 02."""
        settings = self.mysql()
        statements = (FOLDERS[2] / "schema.sql").read_text().split(";")
        (table,) = (statement for statement in statements if "CREATE TABLE" in statement)
        self.execute(settings, table.replace(" accounts ", f" {settings['MYSQL_DB']}.accounts "))
        return settings

    def new(self, step: int, kind: str) -> dict[str, str]:
        if step == 2:
            return self.with_schema()
        return self.sqlite() if kind == "sqlite" else self.mysql()

    def execute(self, settings: dict[str, str], sql: str, *values: object) -> list[dict]:
        """Execute one statement on the app's database, by a connection of our own."""
        if settings.get("DATABASE_URL", "").startswith("sqlite"):
            path = settings["DATABASE_URL"].removeprefix("sqlite:///")
            with contextlib.closing(sqlite3.connect(path)) as connection:
                connection.row_factory = sqlite3.Row
                rows = connection.execute(sql.replace("%s", "?"), values).fetchall()
                connection.commit()
                return [dict(row) for row in rows]
        self._server.execute(f"USE {settings['MYSQL_DB']}")
        return self._server.execute(sql, values)


class Running:
    """A solution that runs, its step, and its database."""

    def __init__(
        self, step: int, process: Process, settings: dict[str, str], databases: Databases
    ) -> None:
        self.step = step
        self.process = process
        self.settings = settings
        self._databases = databases

    def person(self) -> Person:
        return Person(self.process)

    def sql(self, statement: str, *values: object) -> list[dict]:
        return self._databases.execute(self.settings, statement, *values)

    def signed(self, contents: dict[str, object]) -> str:
        """Return a session cookie with these contents, as only who has the key can make it."""
        forger = Flask("forger")
        forger.secret_key = self.process.secret_key
        return str(SecureCookieSessionInterface().get_signing_serializer(forger).dumps(contents))

    def count(self, name: str) -> int:
        [row] = self.sql("SELECT COUNT(*) AS n FROM accounts WHERE lower(username) = %s", name)
        return row["n"]
