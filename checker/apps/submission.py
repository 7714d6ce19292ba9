"""What a student hands in: read once, as bytes, so that every check judges the same files."""

from __future__ import annotations

import hashlib
import os
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

#: Folders that belong to tools and not to the app.
LEFT_OUT = frozenset(
    [
        ".git",
        ".hg",
        ".svn",
        ".venv",
        "venv",
        "env",
        "node_modules",
        "__pycache__",
        ".idea",
        ".vscode",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
    ]
)
MAX_FILES = 2_000
MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 20
#: Entries looked at, those left out included.
MAX_ENTRIES = 20_000
#: Bytes of a ``checker.toml`` and characters of a path in it.
MAX_SETTINGS, MAX_PATH = 10_000, 200
#: The pages that a ``checker.toml`` may place elsewhere, and where they are without one.
PAGES = ("home", "login", "register", "dashboard", "logout", "password")
USUAL_PATHS = {page: "/" if page == "home" else f"/{page}" for page in PAGES}


class SubmissionError(Exception):
    """The folder cannot be graded. The text names the file, what is wrong and what to do."""


@dataclass(frozen=True)
class Submission:
    """The files of one submission, by relative name with ``/`` between folders.

    :ivar files: name and content, in alphabetical order.
    :ivar skipped: names that were left out with the reason (links, special files, odd names).
    """

    files: dict[str, bytes]
    skipped: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, folder: Path) -> Submission:
        """Read a folder without following links and without writing anything.

        :raises SubmissionError: there is no such folder, or it is too large to be an app.
        """
        if not folder.is_dir():
            raise SubmissionError(f"{folder} is not a folder. Name the folder that holds app.py.")
        files: dict[str, bytes] = {}
        skipped: list[tuple[str, str]] = []
        total = 0
        for name, path, reason in _walk(folder):
            if reason:
                skipped.append((name, reason))
                continue
            try:
                content = _read(path, MAX_BYTES - total)
            except OSError as error:
                skipped.append((name, f"cannot be read: {error.strerror}"))
                continue
            total += len(content)
            files[name] = content
            if total > MAX_BYTES or len(files) > MAX_FILES:
                raise _too_large(folder, name)
        return cls(dict(sorted(files.items())), tuple(skipped))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over names and contents: equal digests mean equal submissions."""
        sha = hashlib.sha256()
        for name, content in self.files.items():
            encoded = name.encode()
            sha.update(b"%d:%s%d:" % (len(encoded), encoded, len(content)))
            sha.update(content)
        return sha.hexdigest()

    @cached_property
    def paths(self) -> dict[str, str]:
        """Where the pages are: the usual places, or those in the submission's ``checker.toml``.

        :raises SubmissionError: the file is no TOML or says something that it may not say.
        """
        content = self.files.get("checker.toml")
        if content is None:
            return dict(USUAL_PATHS)
        if len(content) > MAX_SETTINGS:
            raise SubmissionError(
                f"checker.toml is {len(content)} bytes long; {MAX_SETTINGS} are more than enough."
            )
        remedy = 'Only this may stand there: [paths], and lines such as login = "/entrar".'
        try:
            said = tomllib.loads(content.decode())
        except (ValueError, RecursionError) as error:
            raise SubmissionError(f"checker.toml is no valid TOML: {error}. {remedy}") from None
        chosen = said.pop("paths", {})
        if said:
            raise SubmissionError(f"checker.toml: {sorted(said)[0]!r} is not known. {remedy}")
        if not isinstance(chosen, dict):
            raise SubmissionError(f"checker.toml: paths is no table. {remedy}")
        for page, path in chosen.items():
            if page not in PAGES:
                raise SubmissionError(f"checker.toml: there is no page {page!r}. {remedy}")
            if not _is_path(path):
                raise SubmissionError(
                    f"checker.toml: {page} = {str(path)[:MAX_PATH]!r} is no path: it does not "
                    f"begin with one slash, or holds blanks. {remedy}"
                )
        return USUAL_PATHS | chosen

    @cached_property
    def sources(self) -> dict[str, str]:
        """The Python files as text."""
        return {
            name: content.decode(errors="replace")
            for name, content in self.files.items()
            if name.endswith(".py")
        }

    @cached_property
    def texts(self) -> dict[str, str]:
        """The Python files and templates as text."""
        kinds = (".py", ".html", ".jinja2", ".j2", ".sql")
        return {
            name: content.decode(errors="replace")
            for name, content in self.files.items()
            if name.endswith(kinds)
        }

    def mentions(self, word: str) -> bool:
        """Tell whether a Python file of the submission holds ``word``."""
        encoded = word.encode()
        return any(encoded in text for name, text in self.files.items() if name.endswith(".py"))


def _too_large(folder: Path, name: str) -> SubmissionError:
    limit = f"{MAX_FILES} files and {MAX_BYTES // 1024**2} MB"
    return SubmissionError(
        f"{folder} holds more than {limit} (seen at {name!r}). An app of this workshop is far "
        "smaller: move data, environments and archives out of the folder."
    )


def _is_path(value: object) -> bool:
    """Tell whether a browser would take a value for the path of a page on this site."""
    return (
        isinstance(value, str)
        and len(value) <= MAX_PATH
        and value.startswith("/")
        and not value.startswith(("//", "/\\"))
        and value.isprintable()
        and " " not in value
    )


def _walk(folder: Path) -> Iterator[tuple[str, Path, str]]:
    """Yield each entry's name, its path, and why it is left out (or nothing).

    :raises SubmissionError: there are more than :data:`MAX_ENTRIES`.
    """
    waiting = [(folder, "")]
    left = MAX_ENTRIES
    while waiting:
        place, prefix = waiting.pop()
        try:
            with os.scandir(place) as scanned:
                entries = sorted(islice(scanned, left + 1), key=lambda entry: entry.name)
        except OSError as error:
            yield prefix.rstrip("/") or ".", place, f"cannot be read: {error.strerror}"
            continue
        left -= len(entries)
        if left < 0:
            raise _too_large(folder, prefix + entries[0].name)
        for entry in entries:
            name = prefix + entry.name
            path = Path(entry.path)
            try:
                name.encode()
            except UnicodeEncodeError:
                yield name.encode(errors="replace").decode(), path, "its name is no valid UTF-8"
                continue
            if entry.is_symlink():
                yield name, path, "links are not followed"
            elif entry.is_dir():
                if entry.name in LEFT_OUT:
                    continue
                if prefix.count("/") >= MAX_DEPTH:
                    yield name, path, f"more than {MAX_DEPTH} folders deep"
                    continue
                waiting.append((path, name + "/"))
            elif entry.is_file():
                yield name, path, ""
            else:
                yield name, path, "neither a file nor a folder"


def _read(path: Path, limit: int) -> bytes:
    """Read a regular file, at most ``limit + 1`` bytes, even if it changed its kind meanwhile."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is no file any more")
        return file.read(limit + 1)
