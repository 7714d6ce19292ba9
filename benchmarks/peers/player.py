"""Plays a tape (see ``benchmarks/recording.py``) with the app in this process, without any jail.

What is played is what the checker's visitor asked: the same requests, byte for byte, in the same
order, through Flask's test client; the same statements on the same database; the same restarts.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import importlib.util
import io
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import blinker
import flask
import flask_login
import ground
import MySQLdb
import time_machine
from flask import cli
from flask.testing import FlaskClient
from MySQLdb.constants import ER
from werkzeug.wrappers import Request

_HURRY = Path(__file__).resolve().parents[2] / "checker/apps/inside/hurry.py"

Tape = dict[str, Any]


#: Signals of libraries are one for the whole process: each app gets its own receivers.
_SIGNALS = [
    each
    for library in (flask.signals, flask_login.signals)
    for each in vars(library).values()
    if isinstance(each, blinker.Signal)
]
_OF_A_SIGNAL = ("receivers", "_by_receiver", "_by_sender", "_weak_senders")


def no_receivers() -> None:
    """Let nobody listen to signals, without forgetting for the apps that did."""
    for each in _SIGNALS:
        for name in _OF_A_SIGNAL:
            old = getattr(each, name)
            setattr(each, name, defaultdict(set) if isinstance(old, defaultdict) else {})


def receivers() -> list[list[Any]]:
    """Return who listens to signals now."""
    return [[getattr(each, name) for name in _OF_A_SIGNAL] for each in _SIGNALS]


def listen_again(kept: list[list[Any]]) -> None:
    """Let those listen to signals who did then."""
    for each, states in zip(_SIGNALS, kept, strict=True):
        for name, state in zip(_OF_A_SIGNAL, states, strict=True):
            setattr(each, name, state)


class WentWrong(AssertionError):
    """An answer was not the recorded one."""


class Player:
    """Plays the tapes of one step.

    :param step: the tapes' step: ``own`` and ``previous`` (folders of apps), ``schema`` (a list of
        statements, as JSON) and ``key`` (the usual secret key).
    :param keeps_apps: import the step's own app once and for all, and use it for each tape that has
        no other; else apps are imported anew whenever a tape starts them.
    :param true_hashes: hash passwords at their true cost also where the checker does not.
    """

    def __init__(
        self, step: dict[str, str], *, keeps_apps: bool = False, true_hashes: bool = False
    ) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="bench-")
        scratch = Path(self._scratch.name)
        self._folders = {}
        for who in ("own", "previous"):
            if step[who]:
                self._folders[who] = scratch / who
                shutil.copytree(step[who], scratch / who)
        self._schema = step["schema"]
        self._sqlite = scratch / "app.db"
        # A name of our own for the server's socket, so that the way to it can be cut.
        self._socket, self._door = os.environ["MYSQL_UNIX_SOCKET"], scratch / "mysqld.sock"
        self._keeps_apps = keeps_apps
        self._true_hashes = true_hashes
        self._recorded_key = step["key"]
        self._kept: dict[str, FlaskClient] = {}
        self._receivers: dict[FlaskClient, list[list[Any]]] = {}
        self._keeps = False
        self._tables: dict[str, list[str]] = {}
        self._looks: dict[str, sqlite3.Connection] = {}
        self._hashes = hashlib.scrypt, hashlib.pbkdf2_hmac
        self.asked = 0

    def play(self, tape: Tape) -> None:
        """Play one tape from an empty database on.

        :raises WentWrong: an answer was another one than the recorded one.
        """
        self._tape = tape
        self._later = int(time.time() - tape["began"])  # the same part of a second as it was
        self._keeps = self._keeps_apps and self._is_usual()
        self._clients: dict[int, FlaskClient] = {}
        self._receivers = {client: self._receivers[client] for client in self._kept.values()}
        self._cookies: dict[str, str] = {}
        self._set_hashes(quick=tape["quick"] and not self._true_hashes)
        self._open_the_door()
        self._empty()
        try:
            for event in tape["events"]:
                getattr(self, f"_{event['do']}")(event)
        finally:
            self._open_the_door()
            self._set_hashes(quick=False)

    def folder(self, who: str) -> Path:
        """Return the folder of the step's ``own`` app, or of the ``previous`` one."""
        return self._folders[who]

    def close(self) -> None:
        """Leave nothing behind."""
        for look in self._looks.values():
            look.close()
        ground.drop_database()
        self._scratch.cleanup()

    # -- what happens on a tape --------------------------------------------------------------------

    def _start(self, event: dict[str, Any]) -> None:
        if self._keeps:
            self._clients[event["app"]] = self._kept[self._tape["kind"]]
            return
        settings = self._settings()
        environment = {
            name: settings[value] if kind == "setting" else value
            for name, (kind, value) in event["environment"].items()
        }
        try:
            self._clients[event["app"]] = self._new_client(event["who"], environment)
        except Exception:
            if not event["fails"]:
                raise
        else:
            if event["fails"]:
                raise WentWrong("the app starts")

    def _ask(self, event: dict[str, Any]) -> None:
        self.asked += 1
        environ = dict(event["environ"])
        if "HTTP_COOKIE" in environ:
            environ["HTTP_COOKIE"] = self._with_new_cookies(environ["HTTP_COOKIE"])
        body = base64.b64decode(event["body"])
        environ |= {
            "wsgi.input": io.BytesIO(zlib.decompress(body) if event["packed"] else body),
            "wsgi.errors": sys.stderr,
            "wsgi.version": (1, 0),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        client = self._clients[event["app"]]
        listen_again(self._receivers[client])
        # As long after each other as they were recorded: who hashes at the true cost would else
        # come too late, or come from the future, where something depends on the time.
        with time_machine.travel(event["now"] + self._later, tick=False):
            answer = client.open(Request(environ))
        self._take_cookies(event["cookies"], answer.headers.getlist("Set-Cookie"))
        told = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO'][:80]}"
        if answer.status_code != event["status"]:
            raise WentWrong(f"{told}: {answer.status_code} instead of {event['status']}")
        if answer.headers.get("Location") != event["location"]:
            raise WentWrong(f"{told}: leads to {answer.headers.get('Location')}")
        digest = hashlib.sha256(answer.data).hexdigest()
        if event["digest"] not in (None, digest):
            raise WentWrong(f"{told}: another page: {answer.text[:2000]}")

    def _execute(self, event: dict[str, Any]) -> None:
        sql, name = event["sql"], self._tape["database"]
        parameters = [ground.database() if each == name else each for each in event["parameters"]]
        try:
            if self._tape["kind"] == "sqlite":
                sql = sql.replace("%s", "?") if parameters else sql
                self._look("sqlite").execute(sql, parameters).fetchall()
            else:
                ground.execute(sql, tuple(parameters))
        except (MySQLdb.Error, sqlite3.Error):
            if not event["fails"]:
                raise

    def _disconnect(self, _event: dict[str, Any]) -> None:
        found = ground.execute(
            "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = %s AND ID <> CONNECTION_ID()",
            (ground.database(),),
        )
        for (number,) in found:
            try:
                ground.execute(f"KILL {number}")
            except MySQLdb.Error as error:
                if error.args[0] != ER.NO_SUCH_THREAD:  # it has just ended by itself
                    raise

    def _down(self, event: dict[str, Any]) -> None:
        self._door.unlink()
        self._disconnect(event)

    def _up(self, _event: dict[str, Any]) -> None:
        self._open_the_door()

    # -- the database ------------------------------------------------------------------------------

    def _empty(self) -> None:
        """Make the database as it was before the first check."""
        for who in self._folders.values():
            shutil.rmtree(who / "instance", ignore_errors=True)
        if not self._keeps_apps:
            self._make_database()
            return
        # An app that is kept has connections of its own, which keep what they are connected to:
        # the tables go, the database stays.
        kind = self._tape["kind"]
        if kind not in self._kept:
            self._make_database()
            environment = self._settings() | {"SECRET_KEY": self._recorded_key}
            self._kept[kind] = self._new_client("own", environment)
            self._tables[kind] = list(self._statements_of_all_tables())
        self._remove_tables()
        for statement in self._tables[kind] if self._keeps else json.loads(self._schema):
            self._raw(statement)

    def _starts(self) -> list[dict[str, Any]]:
        return [event for event in self._tape["events"] if event["do"] == "start"]

    def _is_usual(self) -> bool:
        """Tell whether a tape has the step's own app alone, in its usual environment."""
        names = {"SECRET_KEY", *self._settings()}
        return all(
            each["who"] == "own"
            and each["environment"].keys() == names
            and all(
                kind == "setting" or name == "SECRET_KEY"
                for name, (kind, _value) in each["environment"].items()
            )
            and each["environment"]["SECRET_KEY"][1] == self._recorded_key
            for each in self._starts()
        )

    def _make_database(self) -> None:
        if self._tape["kind"] == "sqlite":
            if (look := self._looks.pop("sqlite", None)) is not None:
                look.close()
            self._sqlite.unlink(missing_ok=True)
        else:
            name = ground.database()
            ground.execute(f"DROP DATABASE IF EXISTS {name}")
            ground.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
            ground.execute(f"USE {name}")
            for statement in json.loads(self._schema):
                ground.execute(statement)

    def _statements_of_all_tables(self) -> Iterator[str]:
        if self._tape["kind"] == "sqlite":
            look = self._look("sqlite")
            for (sql,) in look.execute(
                "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
            ):
                yield sql
        else:
            for (table,) in ground.execute("SHOW TABLES"):
                yield str(ground.execute(f"SHOW CREATE TABLE `{table}`")[0][1])

    def _remove_tables(self) -> None:
        if self._tape["kind"] == "sqlite":
            look = self._look("sqlite")
            for kind, name in look.execute(
                "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'"
                " AND type IN ('table', 'trigger') ORDER BY type DESC"
            ).fetchall():
                look.execute(f'DROP {kind} IF EXISTS "{name}"')
        else:
            ground.execute("SET FOREIGN_KEY_CHECKS = 0")
            for (table,) in ground.execute("SHOW TABLES"):
                ground.execute(f"DROP TABLE `{table}`")
            ground.execute("SET FOREIGN_KEY_CHECKS = 1")

    def _raw(self, statement: str) -> None:
        if self._tape["kind"] == "sqlite":
            self._look("sqlite").execute(statement)
        else:
            ground.execute("SET FOREIGN_KEY_CHECKS = 0")
            ground.execute(statement)
            ground.execute("SET FOREIGN_KEY_CHECKS = 1")

    def _look(self, name: str) -> sqlite3.Connection:
        if name not in self._looks:
            self._looks[name] = sqlite3.connect(self._sqlite, isolation_level=None)
        return self._looks[name]

    def _open_the_door(self) -> None:
        if not self._door.is_symlink():
            self._door.symlink_to(self._socket)

    def _settings(self) -> dict[str, str]:
        if self._tape["kind"] == "sqlite":
            return {"DATABASE_URL": f"sqlite:///{self._sqlite}"}
        user, password = os.environ["MYSQL_USER"], os.environ["MYSQL_PASSWORD"]
        name = ground.database()
        url = f"mysql+mysqldb://{user}:{password}@localhost:3306/{name}"
        given = {
            "MYSQL_HOST": "localhost",
            "MYSQL_PORT": "3306",
            "MYSQL_UNIX_SOCKET": str(self._door),
            "MYSQL_USER": user,
            "MYSQL_PASSWORD": password,
            "MYSQL_DB": name,
            "DATABASE_URL": f"{url}?unix_socket={self._door}&charset=utf8mb4",
        }
        starts = [each["environment"] for each in self._tape["events"] if each["do"] == "start"]
        if not any("DATABASE_URL" in environment for environment in starts):
            del given["DATABASE_URL"]  # an app of step 1 or 2
        return given

    # -- the app -----------------------------------------------------------------------------------

    def _new_client(self, who: str, environment: dict[str, str]) -> FlaskClient:
        """Import an app anew, in exactly this environment, as ``flask run`` finds it."""
        folder = self._folders[who]
        ours = dict(os.environ)
        for each in self._folders.values():
            ground.forget(each)
        for name in ours:
            if name.startswith(("MYSQL_", "DATABASE_", "SECRET_")):
                del os.environ[name]
        os.environ.update(environment)
        before, place = list(sys.path), Path.cwd()
        os.chdir(folder)
        importlib.invalidate_caches()
        no_receivers()
        try:
            app = cli.ScriptInfo().load_app()
        finally:
            os.chdir(place)
            sys.path[:] = before
            os.environ.clear()
            os.environ.update(ours)
        assert isinstance(app, flask.Flask)
        client = app.test_client(use_cookies=False)
        self._receivers[client] = receivers()
        return client

    def _with_new_cookies(self, header: str) -> str:
        """Return a recorded cookie header with what the app has set this time instead."""
        pairs = (pair.partition("=") for pair in header.split("; "))
        return "; ".join(f"{name}={self._cookies.get(value, value)}" for name, _, value in pairs)

    def _take_cookies(self, recorded: list[list[str]], now: list[str]) -> None:
        new = [text.partition(";")[0].partition("=") for text in now]
        for (name, value), (own, _, instead) in zip(recorded, new, strict=False):
            if name == own and value:
                self._cookies[value] = instead

    def _set_hashes(self, *, quick: bool) -> None:
        """Let hashes cost next to nothing, as the checker's jail does, or what they really cost."""
        hashlib.scrypt, hashlib.pbkdf2_hmac = self._hashes
        if quick:
            _hurry().hurry_hashes()


@functools.cache
def _hurry() -> Any:
    """Return the jail's own module, by its file: nothing else of the checker is found here."""
    spec = importlib.util.spec_from_file_location("hurry", _HURRY)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
