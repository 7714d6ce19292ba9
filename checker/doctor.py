"""`doctor`: look at everything the checker stands on, and say what to do about what is wrong."""

import locale
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pymysql
from rich.console import Console
from rich.text import Text

from checker.apps.jail import why_not_isolated
from checker.course import STATE
from checker.databases.private import PrivateServer
from checker.setup import environment, machine

ENOUGH_DISK = 1_000_000_000  # bytes: a run with its limits, and the environment's own 300 MB
ON_UBUNTU = (
    "Ubuntu 24.04 and later forbid it to programs without a profile; allow it until the next boot "
    "with: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0. Containers need the options "
    "in .devcontainer/devcontainer.json. In a plain chroot it cannot be done."
)


class Finding(NamedTuple):
    """What was seen of one item."""

    item: str
    seen: str
    remedy: str = ""
    """What to do about it; empty when all is well."""


Item = Callable[[], Iterator[Finding]]
"""Looks at one thing, or at several of a kind. It may raise: that is a finding as well."""


def run(console: Console) -> int:
    """Look at every item and print one line for each; return 0 when all is well, else 1."""
    wrong = 0
    for item in ITEMS:
        try:
            for finding in item():
                wrong += bool(finding.remedy)
                _print(console, finding)
        except Exception as error:  # the doctor is for machines where anything may be broken
            wrong += 1
            seen = f"{type(error).__name__}: {error}"
            remedy = "This should not happen. Please report it with the lines above."
            _print(console, Finding(item.__name__.strip("_"), seen, remedy))
    console.print()
    if wrong:
        console.print(f"{wrong} to mend: see the lines marked with an arrow.", style="bold red")
        return 1
    console.print("All is well.", style="bold green")
    return 0


def _print(console: Console, finding: Finding) -> None:
    plain = not console.encoding.lower().startswith("utf")
    sign = ("no" if plain else "✗") if finding.remedy else ("ok" if plain else "✓")
    line = Text(f"{sign} ", style="bold red" if finding.remedy else "bold green")
    line.append(f"{finding.item}: ", style="default").append(finding.seen, style="dim")
    console.print(line, soft_wrap=True)
    if finding.remedy:
        arrow = "  -> " if plain else "  → "
        console.print(Text(arrow + finding.remedy, style="yellow"), soft_wrap=True)


def _system() -> Iterator[Finding]:
    yield Finding("System", f"{platform.platform()}, {os.cpu_count()} processors")


def _python() -> Iterator[Finding]:
    yield Finding("Python", f"{platform.python_version()} ({sys.executable})")
    if environment.is_ours():
        place = "the project's own, .venv"
    elif environment.is_virtual():
        place = f"{sys.prefix}, which was active and has everything"
    else:
        place = f"none: {sys.prefix} has everything"
    yield Finding("Virtual environment", place)


def _packages() -> Iterator[Finding]:
    wrong = environment.lacking(environment.STUDENT)
    for name, version in environment.pins(environment.STUDENT).items():
        if name in wrong:
            seen = f"{wrong[name] or 'missing'}, wanted {version}"
            remedy = "Remove .venv, then start any command: it is made anew."
            if not environment.is_ours():
                remedy = f"python3 -m pip install {name}=={version}"
            yield Finding(name, seen, remedy)
        else:
            yield Finding(name, version)


def _driver() -> Iterator[Finding]:
    """The one package that is compiled here: does it load?"""
    try:
        driver = import_module("MySQLdb")
    except ImportError as error:
        remedy = "Install the client library (libmariadb3), or remove .venv and start any command."
        yield Finding("MySQLdb loads", str(error), remedy)
    else:
        yield Finding("MySQLdb loads", f"client library {driver.get_client_info()}")


def _programs() -> Iterator[Finding]:
    needs = [*machine.to_run(), *machine.to_build()]
    lacking = machine.missing(needs)
    for need in needs:
        name, _, purpose = need.what.partition(": ")
        if need in lacking:
            remedy = machine.command_to_type([need]) or "Start with another Python 3.11 or newer."
            yield Finding(name, f"missing ({purpose or 'needed to make .venv'})", remedy)
        else:
            yield Finding(name, _version_of(name.split()[0]))


def _version_of(program: str) -> str:
    path = machine.find_program(program)
    if path is None or program == "mariadb-install-db":  # it has no --version
        return path or "found"
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return (done.stdout.strip() or path).splitlines()[0]


def _jail() -> Iterator[Finding]:
    reason = why_not_isolated()
    if reason is None:
        yield Finding("The jail", "works, with namespaces inside it")
    elif sys.platform == "linux":
        yield Finding("The jail", reason, ON_UBUNTU)
    else:
        yield Finding("The jail", f"none: {reason}. Your app runs as a plain process with limits")


def _database() -> Iterator[Finding]:
    if machine.has_own_server():
        yield from _own_server()
        return
    cache = STATE / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    with closing(PrivateServer.start(cache, jail=why_not_isolated() is None)) as server:
        database = server.new_database("CREATE TABLE doctor (id INTEGER)")
        version = database.execute("SELECT VERSION() AS version")[0]["version"]
    yield Finding("A private database server", f"starts and answers: {version}")


def _own_server() -> Iterator[Finding]:
    names = ", ".join(sorted(name for name in os.environ if name.startswith("MYSQL_")))
    remedy = f"Start that server, correct {names}, or unset them to use a private one."
    try:
        connection = pymysql.connect(
            host=os.environ.get("MYSQL_HOST") or "localhost",
            port=int(os.environ.get("MYSQL_PORT") or 3306),
            unix_socket=os.environ.get("MYSQL_UNIX_SOCKET") or None,
            user=os.environ.get("MYSQL_USER") or None,
            password=os.environ.get("MYSQL_PASSWORD", ""),
            connect_timeout=5,
        )
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT VERSION()")
            (version,) = cursor.fetchone() or ("",)
        seen = f"answers: {version}. It is used because of {names}"
        yield Finding("Your own database server", seen)
    except (pymysql.Error, ValueError) as error:
        yield Finding("Your own database server", str(error), remedy)


def _mysql_settings() -> Iterator[Finding]:
    names = sorted(name for name in os.environ if name.startswith("MYSQL_"))
    if names and not machine.has_own_server():
        seen = f"{', '.join(names)}: without MYSQL_HOST or MYSQL_UNIX_SOCKET they change nothing"
        yield Finding("MYSQL_* in the environment", seen)
    elif not names:
        yield Finding("MYSQL_* in the environment", "none, so checks use a private server")


def _disk() -> Iterator[Finding]:
    for item, folder in (
        ("Disk, temporary folder", Path(tempfile.gettempdir())),
        ("Disk, project", environment.ROOT),
    ):
        free = shutil.disk_usage(folder).free
        seen = f"{free / 1e9:.1f} GB free in {folder}"
        remedy = "" if free > ENOUGH_DISK else f"Make room: {ENOUGH_DISK / 1e9:.0f} GB is enough."
        yield Finding(item, seen, remedy)


def _state() -> Iterator[Finding]:
    remedy = f"Make it yours: sudo chown -R {os.geteuid()} {STATE.parent}"
    try:
        STATE.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=STATE):
            pass
    except OSError as error:
        yield Finding("Folder .workshop, for your progress", str(error), remedy)
    else:
        yield Finding("Folder .workshop, for your progress", "can be written")


def _text() -> Iterator[Finding]:
    encoding = sys.stdout.encoding or locale.getpreferredencoding(False)
    known = encoding.lower().replace("-", "") == "utf8"
    remedy = "" if known else "Signs will look odd. In this terminal: export LANG=C.UTF-8"
    yield Finding("Terminal text", encoding, remedy)


ITEMS: tuple[Item, ...] = (
    _system,
    _python,
    _packages,
    _driver,
    _programs,
    _jail,
    _database,
    _mysql_settings,
    _disk,
    _state,
    _text,
)
