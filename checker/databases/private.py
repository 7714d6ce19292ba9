"""A MariaDB server of the checker's own, that every user and password opens."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from pathlib import Path

from checker.databases.database import Database, disconnect
from checker.databases.doors import SOCKET, Door, LinkDoor
from checker.databases.enclosure import DATA, Enclosure, hand_over, let_in
from checker.databases.general_log import GeneralLog
from checker.databases.schema import load
from checker.databases.server import JAIL_ROUTE, Route, Server
from checker.databases.session import Address, Login, Session, quoted
from checker.databases.statements import is_harmless, leaves_server_as_it_was
from checker.databases.template import LOG_SIZE, find_server, template
from checker.databases.trouble import DatabaseTrouble, ServerError
from checker.runfolder import RunFolder, remove_tree

#: The name that the lessons use.
NAME = "pythonlogin"
SECONDS_TO_START = 30.0
#: Few enough to notice an app that leaves its connections open.
MOST_CONNECTIONS = 40

#: Our name on the server. An app may use it too: ours are known by the connection's number.
_OURS = "checker"
#: $1 archive, $2 data folder, $3… the server and its options
_UNPACK_AND_SERVE = 'tar -xf "$1" -C "$2" && mkdir "$2/tmp" "$2/files" && shift 2 && exec "$@"'
_OPTIONS = (
    *("--skip-networking", "--skip-grant-tables", "--skip-name-resolve"),
    # What a usual server has, the same on every machine whatever its version's defaults are.
    *("--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci"),
    f"--max-connections={MOST_CONNECTIONS}",
    # Fast and small: what is lost in a crash is of no interest here.
    *(LOG_SIZE, "--innodb-buffer-pool-size=24M", "--innodb-doublewrite=0"),
    *("--innodb-flush-log-at-trx-commit=0", "--innodb-use-native-aio=0", "--performance-schema=0"),
    *("--key-buffer-size=1M", "--aria-pagecache-buffer-size=4M", "--skip-log-bin", "--skip-ssl"),
    "--skip-stack-trace",
    # Who has all rights still reads and writes no files, except in one empty folder.
    *("--local-infile=0", "--symbolic-links=0"),
    *("--general-log=1", "--log-output=FILE"),
)


class PrivateServer(Server):
    """A server that lives for one run, in a jail, with its data in memory.

    An app has every right on it and may do what it likes: at the next :meth:`new_database` the
    server is like new. That takes a few milliseconds after statements about tables and rows, and
    a restart (0.2 s) after anything else.

    Made by :meth:`start`.
    """

    has_log = True
    is_shared = False

    def __init__(self, cache: Path, *, jail: bool) -> None:
        self._cache = cache
        self._jail = jail
        self._ours: set[int] = set()
        self._sessions: list[Session] = []
        self._admin: Session | None = None
        self._enclosure: Enclosure | None = None
        self._door: Door | None = None
        self._used = False
        self._schema_was_harmless = True
        self._own_databases: set[str] = set()
        self._folder = RunFolder()
        path = self._folder.path
        self.socket_directory = path / "socket"
        self._home = path / "server"
        self._output = path / "output"
        self._log = GeneralLog(path / "general.log")
        try:
            for folder in (self.socket_directory, self._home):
                folder.mkdir()
                folder.chmod(0o755)
            hand_over(self._home)
            self._log.path.touch()
            self._log.path.chmod(0o666)
            self._launch()
            self._route = self._open_a_route()
        except BaseException:
            self.close()
            raise

    @classmethod
    def start(cls, cache: Path, jail: bool = True) -> PrivateServer:
        """Start a server and return at once; the first :meth:`new_database` waits for it.

        :param cache: a folder for the template of the data folder. It is made the first time,
            which takes some seconds.
        :param jail: ``False`` for a plain process, where bubblewrap does not work.
        :raises ServerError: it cannot be started.
        """
        try:
            return cls(cache, jail=jail)
        except OSError as error:
            raise ServerError(f"The private database server cannot be started: {error}.") from error

    def new_database(self, schema: str) -> Database:
        """Throw away what the last check left, and make a new database. See :class:`Server`."""
        assert self._door is not None
        self._door.shut()
        if not (self._is_up() and (not self._used or self._is_tidied())):
            self._restart()
        self._used, self._schema_was_harmless = True, False
        self._make_database()
        name = self._load(schema)
        session = self._session(name)
        session.connect()  # before the app can take the last one
        self._log.clear()
        self._door.open()
        user, password = f"flask_{secrets.token_hex(3)}", secrets.token_urlsafe(12)
        return Database(
            name,
            self._route.settings(user, password, name),
            session=session,
            ours=self._ours,
            door=self._door,
            log=self._log,
        )

    def close(self) -> None:
        """End the server and remove all that it had."""
        self._close_sessions()
        if self._door is not None:
            self._door.close()
        if self._enclosure is not None:
            self._enclosure.end()
        self._folder.close()

    @property
    def _socket(self) -> Path:
        return self._home / SOCKET

    def _open_a_route(self) -> Route:
        """Make the door, and return what to tell the app about it."""
        socket = self.socket_directory / SOCKET
        if self._jail:
            self._door = LinkDoor(self._socket, socket)
            return JAIL_ROUTE
        from checker.databases.relay import Relay

        relay = self._door = Relay(Address(self._socket), socket, tcp=True)
        # Not "localhost": MySQL's client library takes that for the system's own server.
        return Route(str(socket), "127.0.0.1", relay.port or 0)

    def _launch(self) -> None:
        archive = template(self._cache, jail=self._jail)
        program = find_server()
        home, log, data, packed = "/server", "/general.log", DATA, "/template.tar"
        if not self._jail:
            let_in(self._folder.path)
            folder = self._folder.path / "data"
            folder.mkdir()
            hand_over(folder)
            if os.geteuid() == 0:  # the server's user may not be able to reach the cache
                archive = Path(shutil.copy(archive, self._folder.path / "template.tar"))
            home, log, data, packed = map(str, (self._home, self._log.path, folder, archive))
        self._enclosure = Enclosure(
            _UNPACK_AND_SERVE,
            [
                *(packed, data, str(program), "--no-defaults", f"--datadir={data}"),
                *(f"--tmpdir={data}/tmp", f"--secure-file-priv={data}/files"),
                *(f"--pid-file={data}/pid", f"--socket={home}/{SOCKET}"),
                *(f"--general-log-file={log}", *_OPTIONS),
            ],
            jail=self._jail,
            program=program,
            writable={self._home: home, self._log.path: log},
            readable={archive: packed},
            output=self._output,
        )

    def _is_up(self) -> bool:
        """Wait until the server answers; false when it does not run."""
        assert self._enclosure is not None
        if self._admin is not None:
            return self._enclosure.status is None
        session = self._session(None)
        end = time.monotonic() + SECONDS_TO_START
        while self._enclosure.status is None and time.monotonic() < end:
            try:
                session.connect()
            except DatabaseTrouble:
                time.sleep(0.002)
                continue
            self._admin = session
            self._own_databases = self._databases()
            # The server has its socket; from now on it can make no more files outside DATA.
            self._home.chmod(0o555)
            return True
        return False

    def _restart(self) -> None:
        """Begin again with a new data folder.

        :raises ServerError: the server does not come up; with what it said.
        """
        assert self._enclosure is not None
        self._close_sessions()
        self._enclosure.end()
        self._home.chmod(0o755)
        self._socket.unlink(missing_ok=True)
        if (data := self._folder.path / "data").exists():
            remove_tree(data)
        self._log.clear()
        self._used = False
        try:
            self._launch()
        except OSError as error:
            raise ServerError(f"The private database server cannot be started: {error}.") from error
        if not self._is_up():
            said = self._output.read_text(errors="replace").strip()[-1500:]
            raise ServerError(f"The private database server does not start. It said:\n{said}")

    def _is_tidied(self) -> bool:
        """Undo what the last check did; false when only a restart does."""
        assert self._admin is not None
        if not self._schema_was_harmless:
            return False
        try:
            disconnect(self._admin, self._ours)
            entries = self._log.entries(self._admin, self._ours)
            if not all(map(leaves_server_as_it_was, entries)):
                return False
            there = self._databases()
            for name in there - self._own_databases:
                self._admin.query(f"DROP DATABASE {quoted(name)}")
        except DatabaseTrouble:
            return False  # stopped, locked, full: a restart mends it
        self._close_sessions(but=self._admin)
        return there >= self._own_databases

    def _make_database(self) -> None:
        assert self._admin is not None
        try:
            self._admin.query(f"CREATE DATABASE {NAME}")
        except DatabaseTrouble as trouble:
            raise ServerError(f"The private database server is out of order. {trouble}") from None

    def _load(self, schema: str) -> str:
        """Execute the schema and return the name of the database that it chose."""
        with self._session(NAME) as session:
            done = load(schema, session)
            chosen = session.query("SELECT DATABASE() AS name")[0]["name"]
        self._schema_was_harmless = all(is_harmless(statement.text) for statement in done)
        return str(chosen or NAME)

    def _databases(self) -> set[str]:
        assert self._admin is not None
        rows = self._admin.query("SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA")
        return {str(row["name"]) for row in rows}

    def _session(self, database: str | None) -> Session:
        session = Session(Login(Address(self._socket), _OURS, "", database), self._ours)
        self._sessions.append(session)
        return session

    def _close_sessions(self, but: Session | None = None) -> None:
        for session in self._sessions:
            if session is not but:
                session.close()
        self._sessions = [but] if but else []
        if but is None:
            self._admin = None
            self._ours.clear()
