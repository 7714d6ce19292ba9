"""The jail: a process tree that sees no network, no home folder and none of the checker.

One jail serves many apps. It starts the zygote (:mod:`checker.apps.inside.zygote`) in bubblewrap
and hands it, for each app, the submission's bytes and three descriptors. Where bubblewrap cannot
work (macOS, some containers) the zygote runs as a plain process with resource limits, and
:attr:`Jail.isolated` is false.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import platform
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from checker.apps.inside import frames
from checker.apps.libraries import copy_for_apps
from checker.apps.limits import Limits
from checker.apps.remote import RemoteApp
from checker.apps.submission import Submission
from checker.apps.trouble import AppTrouble, FilesRefused, JailError
from checker.bubblewrap import UNPRIVILEGED, as_nobody, empty_machine, parts_of
from checker.runfolder import RunFolder

#: Where things are inside the jail.
INSIDE = "/jail"
DATABASE_FOLDER = "/run/mysqld"
MYSQL_PORT = 3306
STORE = "/data"

_SECONDS_TO_END = 2.0
_SECONDS_TO_LOOK = 5.0
_MOST_FOUND = 16 * 1024 * 1024  # bytes of rows; each can take twenty times that when they are read
_INSIDE_FILES = Path(__file__).with_name("inside")
_ETC = {
    "passwd": "nobody:x:{id}:{id}:nobody:/tmp:/usr/sbin/nologin\n",
    "group": "nogroup:x:{id}:\n",
    "hosts": "127.0.0.1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
#: What ``flask run`` has imported when it begins to look for the app.
_FIRST = ("flask", "flask.cli", "dotenv")
#: Imported before the first app is forked as well, so that each fork has them for nothing.
#: Some are what Jinja and others load only when they are first used.
_ALWAYS = ("time_machine", "encodings.idna", "encodings.unicode_escape")
#: Imported as well when the submission speaks of them: word in its source, module.
_ON_MENTION = (
    ("flask_mysqldb", "flask_mysqldb"),
    ("flask_mysqldb", "MySQLdb.cursors"),
    ("flask_mysqldb", "MySQLdb.connections"),
    ("MySQLdb", "MySQLdb.cursors"),
    ("MySQLdb", "MySQLdb.connections"),
    ("pymysql", "pymysql.cursors"),
    ("flask_login", "flask_login"),
    ("flask_sqlalchemy", "flask_sqlalchemy"),
    ("flask_sqlalchemy", "flask_sqlalchemy.cli"),
    ("sqlalchemy", "sqlalchemy.orm"),
    ("sqlalchemy", "sqlalchemy.dialects.sqlite"),
    ("sqlalchemy", "sqlalchemy.dialects.mysql"),
    ("sqlalchemy", "sqlite3"),
    ("sqlalchemy", "MySQLdb.cursors"),  # nobody speaks of it who has a URL of a database
    ("sqlalchemy", "MySQLdb.connections"),
    ("flask_wtf", "flask_wtf"),
    ("argon2", "argon2"),
    ("bcrypt", "bcrypt"),
)


def preload_for(submission: Submission) -> tuple[str, ...]:
    """Return the modules worth importing once for all of this submission's checks."""
    wanted = [module for word, module in _ON_MENTION if submission.mentions(word)]
    return tuple(dict.fromkeys((*_ALWAYS, *wanted)))


@cache
def why_not_isolated() -> str | None:
    """Say why there can be no jail on this machine, or ``None`` where there can."""
    if sys.platform != "linux":
        return "the jail needs Linux (bubblewrap)"
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed"
    command = [*_machine(), *as_nobody(), "unshare", "--user", "--map-current-user"]
    command += ["--pid", "--mount", "--ipc", "--net", "true"]
    probe = subprocess.run(command, capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        said = " ".join((probe.stderr or "no reason given").split())[-200:]
        return f"this system does not allow user namespaces ({said})"
    return None


class Jail:
    """A running jail. Make it in the main thread: its life is bound to that thread's.

    :param preload: modules to import once, before any app is forked.
    :param database: folder that holds ``mysqld.sock``, shown at ``/run/mysqld``; without one
        the app meets no database server.
    :param isolated: ``False`` for a plain process; ``True`` needs :func:`why_not_isolated` to be
        ``None``.
    """

    def __init__(
        self,
        preload: Sequence[str],
        *,
        database: Path | None = None,
        limits: Limits | None = None,
        isolated: bool = True,
    ) -> None:
        as_another_user = not isolated and os.geteuid() == 0
        if as_another_user and (closed := _closed_to_others(Path(sys.base_prefix))) is not None:
            raise JailError(
                f"Without a jail, apps run as another user than root, and {closed} can be entered "
                "by root only. Start the checker as an ordinary user, or with a Python that "
                "everybody can use, such as /usr/bin/python3."
            )
        self.isolated = isolated
        self.preload = tuple(preload)
        self.limits = limits or Limits()
        self._decoder = frames.Decoder()
        self._ready = False
        self._scratch = None if isolated else RunFolder()
        if self._scratch is not None:
            self._scratch.path.chmod(0o711)  # the apps' user must get through
        self._libraries = _site_folders()
        if (
            self._scratch is not None
            and as_another_user
            and any(map(_closed_to_others, self._libraries))
        ):
            self._libraries = [self._scratch.path / "libraries"]
            copy_for_apps(self._libraries[0])
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the jail
        ours, theirs = socket.socketpair()
        self._control = ours
        with theirs:
            control = theirs.fileno()
            if isolated:
                with contextlib.ExitStack() as files:
                    command, descriptors = _isolated_command(control, database, files)
                    self._process = self._spawn(command, (control, *descriptors))
            else:
                zygote = str(_INSIDE_FILES / "zygote.py")
                command = [sys.executable, "-I", "-S", "-B", zygote, str(control)]
                self._process = self._spawn(command, (control,))
        try:
            self._order(self._settings(with_database=database is not None))
        except OSError as error:
            said = self._said()
            self.close()
            raise JailError(f"The jail did not start: {said}") from error

    def _settings(self, *, with_database: bool) -> dict[str, object]:
        """Return what the zygote is told first."""
        folders = self._libraries
        relayed = self.isolated and with_database
        return {
            "site": [f"{INSIDE}/site{number}" for number in range(len(folders))]
            if self.isolated
            else [str(folder) for folder in folders],
            "first": list(_FIRST),
            "preload": list(self.preload),
            "relay": [MYSQL_PORT, f"{DATABASE_FOLDER}/mysqld.sock"] if relayed else None,
            "isolate": self.isolated,
            "user": UNPRIVILEGED if os.geteuid() == 0 and not self.isolated else None,
            "scratch": str(self._scratch.path) if self._scratch is not None else None,
        }

    def _spawn(self, command: Sequence[str], descriptors: Sequence[int]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._errors,
            stderr=self._errors,
            pass_fds=descriptors,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        """Whether the jail can still start apps."""
        return self._process.poll() is None

    def wait_until_ready(self, seconds: float = 30.0) -> None:
        """Wait until everything is imported.

        :raises JailError: the jail did not start; with what it printed.
        """
        if self._ready:
            return
        self._control.settimeout(seconds)
        try:
            frame = frames.receive(self._control, self._decoder)
        except (OSError, frames.FrameError):
            frame = None
        if frame is None or frame.header.get("type") != "ready":
            raise JailError(f"The jail did not start: {self._said()}")
        self._control.settimeout(None)
        self._ready = True

    def start(
        self,
        submission: Submission,
        environment: dict[str, str],
        *,
        inspect: bool = False,
        quick_hashes: bool = False,
    ) -> RemoteApp:
        """Start the submission's app from fresh files and wait until it can answer.

        :param environment: all environment variables that the app will see, besides ``PATH``,
            ``HOME`` and ``LANG``.
        :param inspect: read the source first and keep what stands out
            (:attr:`RemoteApp.findings`).
        :param quick_hashes: let password hashes cost next to nothing, where their cost is not the
            question; what is hashed one way cannot be checked the other.
        :raises AppTrouble: the app could not be started; which one tells why.
        :raises JailError: the jail is broken.
        """
        self.wait_until_ready()
        return self._start(
            self._control, submission, environment, inspect=inspect, quick_hashes=quick_hashes
        )

    def world(self) -> World:
        """Make a place where apps, one after the other, find the same SQLite file."""
        self.wait_until_ready()
        return World(self)

    def _start(
        self,
        control: socket.socket,
        submission: Submission,
        environment: dict[str, str],
        *,
        inspect: bool,
        quick_hashes: bool,
    ) -> RemoteApp:
        channel, watch = socket.socketpair(), socket.socketpair()
        read_output, write_output = os.pipe()
        basics = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"}
        app = RemoteApp(
            channel[0],
            watch[0],
            read_output,
            self.limits,
            self._process.pid,
            inspected=inspect,
        )
        try:
            with channel[1], watch[1]:
                order = self._order_for(
                    submission, basics | environment, inspect=inspect, quick_hashes=quick_hashes
                )
                handed_over = [channel[1].fileno(), watch[1].fileno(), write_output]
                socket.send_fds(control, [b"a"], handed_over)
                control.sendall(order)
        except OSError as error:
            app.close()
            raise JailError(f"The jail has ended: {self._said()}") from error
        except AppTrouble as trouble:
            trouble.app = app
            app.close()
            raise
        finally:
            os.close(write_output)
        app.wait_until_started()
        return app

    def _order_for(
        self,
        submission: Submission,
        environment: dict[str, str],
        *,
        inspect: bool,
        quick_hashes: bool,
    ) -> bytes:
        header = {
            "environment": environment,
            "files": [[name, len(data)] for name, data in submission.files.items()],
            "limits": self._limits(),
            "inspect": inspect,
            "quick_hashes": quick_hashes,
        }
        try:
            return frames.encode(header, b"".join(submission.files.values()))
        except frames.FrameError:
            raise FilesRefused("their names are too long together") from None

    def _limits(self) -> dict[str, int]:
        limits = self.limits.for_zygote()
        limits["processes"] += _processes_counted_already(isolated=self.isolated)
        return limits

    @property
    def scratch(self) -> Path | None:
        """Where the folders of apps are when there is no jail."""
        return self._scratch.path if self._scratch is not None else None

    def order(self, kind: bytes, end: socket.socket, order: bytes) -> None:
        """Give an order that hands over one end of a socket pair.

        :raises JailError: the jail has ended.
        """
        try:
            socket.send_fds(self._control, [kind], [end.fileno()])
            self._control.sendall(order)
        except OSError as error:
            raise JailError(f"The jail has ended: {self._said()}") from error

    def _order(self, header: dict[str, object]) -> None:
        self._control.sendall(frames.encode(header))

    def _said(self) -> str:
        self._errors.seek(0)
        text = self._errors.read(4000).decode(errors="replace").strip()
        return text or f"it ended with status {self._process.poll()} and said nothing"

    def kill(self) -> None:
        """End everything in the jail at once, and tidy up nothing; any thread may say so."""
        self._process.kill()

    def close(self) -> None:
        """End the jail and everything in it."""
        self._control.close()  # so each process is waited for by its parent
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()
        if self._scratch is not None:
            self._scratch.close()

    def __enter__(self) -> Jail:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


class World:
    """A place in a jail that keeps one SQLite file for as long as it is open.

    Made by :meth:`Jail.world`.

    :ivar path: the file, as apps in this world see it.
    """

    def __init__(self, jail: Jail) -> None:
        self._jail = jail
        scratch = jail.scratch
        store = STORE if scratch is None else tempfile.mkdtemp(prefix="store-", dir=scratch)
        if scratch is not None and os.geteuid() == 0:
            os.chown(store, UNPRIVILEGED, UNPRIVILEGED)
        self.path = f"{store}/app.db"
        self._looker: socket.socket | None = None
        self._control, theirs = socket.socketpair()
        with theirs:
            order = frames.encode({"limits": jail.limits.for_zygote(), "store": store})
            jail.order(b"w", theirs, order)

    def start(
        self,
        submission: Submission,
        environment: dict[str, str],
        *,
        inspect: bool = False,
        quick_hashes: bool = False,
    ) -> RemoteApp:
        """Start an app in here; see :meth:`Jail.start`."""
        return self._jail._start(
            self._control, submission, environment, inspect=inspect, quick_hashes=quick_hashes
        )

    def look(self, sql: str, parameters: Sequence[object]) -> list[dict[str, object]]:
        """Execute one statement on the file and return its rows.

        :raises LookupRefused: SQLite does not execute it, or not in time.
        """
        number = secrets.token_hex(8)
        header = {"id": number, "path": self.path, "sql": sql}
        order = frames.encode(header, json.dumps(list(parameters)).encode())
        try:
            looker = self._ask_looker()
            looker.sendall(order)
            frame = frames.receive(looker, frames.Decoder(_MOST_FOUND))
        except (OSError, frames.FrameError) as error:
            self._dismiss_looker()
            raise LookupRefused(f"no answer ({error})") from error
        header = frame.header if frame is not None else {}
        if frame is None or header.get("type") != "rows" or header.get("id") != number:
            self._dismiss_looker()  # it has ended, or is not to be believed any more
            text = header.get("text")
            raise LookupRefused(text if isinstance(text, str) else "no answer")
        return _rows(frame.body)

    def _ask_looker(self) -> socket.socket:
        """Return the way to a process in here that looks into the file; start it if need be."""
        if self._looker is None:
            self._looker, theirs = socket.socketpair()
            self._looker.settimeout(_SECONDS_TO_LOOK)
            with theirs:
                socket.send_fds(self._control, [b"q"], [theirs.fileno()])
                self._control.sendall(frames.encode({}))
        return self._looker

    def _dismiss_looker(self) -> None:
        if self._looker is not None:
            self._looker.close()
            self._looker = None

    def close(self) -> None:
        """Let go of it: with its last app the file is gone."""
        self._dismiss_looker()
        self._control.close()


class LookupRefused(Exception):
    """A statement for a world's SQLite file was not executed; the text is SQLite's."""


def _rows(body: bytes) -> list[dict[str, object]]:
    """Read rows from the jail; whatever else it is, is refused."""
    try:
        found = json.loads(body)
        return [
            {str(name): _value(value) for name, value in row.items()}
            for row in found
            if isinstance(row, dict)
        ]
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise LookupRefused("no rows") from error


def _value(value: object) -> object:
    if isinstance(value, dict):
        return base64.b64decode(value["b"])
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(type(value).__name__)


def _isolated_command(
    control: int, database: Path | None, files: contextlib.ExitStack
) -> tuple[list[str], list[int]]:
    """Return the command that starts the zygote in bubblewrap, and the descriptors it reads."""
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    prefix = Path(sys.base_prefix).resolve()
    command = [*_machine(), "--ro-bind", str(_INSIDE_FILES), INSIDE + "/code"]
    command += parts_of(prefix, "bin", "lib", "lib64")
    for number, folder in enumerate(_site_folders()):
        command += ["--ro-bind", str(folder), f"{INSIDE}/site{number}"]
    if database is not None:
        command += ["--ro-bind", str(database), DATABASE_FOLDER]
    descriptors = []
    for name, text in _ETC.items():
        file = files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        file.write(text.format(id=os.geteuid() or UNPRIVILEGED).encode())
        file.seek(0)
        descriptors.append(file.fileno())
        command += ["--perms", "0444", "--ro-bind-data", str(file.fileno()), f"/etc/{name}"]
    command += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", *as_nobody()]
    command += [str(python), "-I", "-S", "-B", f"{INSIDE}/code/zygote.py", str(control)]
    return command, descriptors


def _machine() -> list[str]:
    """Return the part of the command that every jail for apps has."""
    command = empty_machine("jail", {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})
    command += ["--dir", "/run", "--dir", INSIDE, "--proc", "/proc", "--dev", "/dev"]
    for folder in ("/app", "/tmp", STORE):  # private file systems are mounted there, one set an app
        command += ["--dir", folder]
    return command


def _site_folders() -> list[Path]:
    names = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    return [Path(name) for name in names if Path(name).is_dir()]


def _closed_to_others(place: Path) -> Path | None:
    """Return a folder on the way to ``place`` that only its owner can enter, if there is one."""
    for folder in (*reversed(place.resolve().parents), place.resolve()):
        if not folder.stat().st_mode & stat.S_IXOTH:
            return folder
    return None


def _processes_counted_already(*, isolated: bool) -> int:
    """Count what the kernel will hold against the app's process limit besides its own.

    Since Linux 5.14 a user namespace counts by itself; before, and where there is none, all
    processes of the user count together (setrlimit(2), RLIMIT_NPROC).
    """
    release = platform.release().split(".")
    with contextlib.suppress(ValueError, IndexError):
        if isolated and (int(release[0]), int(release[1])) >= (5, 14):
            return 0
    import psutil

    me = os.geteuid() or UNPRIVILEGED
    return sum(
        process.info["num_threads"] or 1
        for process in psutil.process_iter(["uids", "num_threads"])
        if process.info["uids"] and process.info["uids"].real == me
    )
