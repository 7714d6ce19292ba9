"""Python's libraries for apps that run as another user than the one who installed them."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

#: What an app may import without asking: requirements.txt has the versions.
FOR_APPS = (
    *("Flask", "Flask-MySQLdb", "mysqlclient", "Flask-SQLAlchemy", "SQLAlchemy", "Flask-Login"),
    *("PyMySQL", "argon2-cffi", "bcrypt", "Flask-WTF", "WTForms", "email-validator"),
    *("python-dotenv", "time-machine"),
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def copy_for_apps(folder: Path) -> None:
    """Put the libraries that apps may use, and what these need, into ``folder``.

    Files are linked where that is possible and copied where it is not; nothing is written to them.

    :raises OSError: there is no room.
    """
    for found in _with_requirements(FOR_APPS):
        for file in found.files or ():
            source = Path(str(found.locate_file(file)))
            target = folder / str(file)
            if ".." in file.parts or not source.is_file():
                continue  # a command's script, or left out at the installation
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, target)
            except OSError:
                shutil.copyfile(source, target)


def _with_requirements(names: tuple[str, ...]) -> Iterator[Distribution]:
    """Yield the distributions and, once each, those that they require here."""
    waiting, seen = list(names), set()
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in seen:
            continue
        seen.add(key)
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # an optional requirement
        yield found
        for requirement in found.requires or ():
            if "extra ==" not in requirement and (match := _NAME.match(requirement)):
                waiting.append(match[0])
