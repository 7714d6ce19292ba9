"""A server of your own, named by ``MYSQL_*``: scratch databases on it, and nothing else touched.

Tested with MariaDB only; every statement used here is MySQL 8.4's too.
"""

from __future__ import annotations

import contextlib
import getpass
import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from checker.databases.database import Database, disconnect
from checker.databases.doors import SOCKET
from checker.databases.relay import Relay
from checker.databases.schema import load
from checker.databases.server import JAIL_ROUTE, Route, Server
from checker.databases.session import Address, Login, Session, quoted
from checker.databases.trouble import DatabaseTrouble, ServerError
from checker.runfolder import RunFolder

#: Databases and accounts whose names begin like this are ours, and no others.
PREFIX = "flw_check_"
#: What the app may open at a time: plenty for one app, and it leaves some to the server's others.
MOST_CONNECTIONS = 60

_SCRATCH = re.compile(PREFIX + r"[0-9a-f]{12}")
_PRIVATE_INSTEAD = (
    "Or unset MYSQL_HOST and MYSQL_UNIX_SOCKET: the checker then has a server itself."
)
_EVERYWHERE = "%"
_REFUSED = 1045
_REFUSED_BY_SOCKET = 1698
_UNREACHABLE = {2002, 2003}
_LACKS_RIGHTS = {1044, _REFUSED, 1142, 1227, 1370, 1410}


class OwnServer(Server):
    """Scratch databases on a server that also has other people's.

    The app gets an account that may do everything in the scratch database and nothing outside it.
    ``schema.sql`` and the inspector use the same account, so that nothing the app leaves there
    (a view, a trigger) is ever executed with the owner's rights. A relay leads to the server.

    While the owner lives, it holds a lock on the server (``GET_LOCK``) under the name of the
    scratch database; who starts next removes the databases whose lock is free.

    Made by :meth:`start`.
    """

    has_log = False
    is_shared = True

    def __init__(self, login: Login, *, jail: bool) -> None:
        self._name = PREFIX + secrets.token_hex(6)
        self._password = _password()
        self._hosts: list[str] = []
        self._has_lock = False
        self._ours: set[int] = set()
        self._scratch: Session | None = None
        self._door: Relay | None = None
        self._owner = Session(login)
        self._folder = RunFolder()
        self.socket_directory = self._folder.path / "socket"
        try:
            self.socket_directory.mkdir()
            self.socket_directory.chmod(0o755)
            self._connect()
            self._remove_abandoned()
            self._make_account()
            socket = self.socket_directory / SOCKET
            self._door = Relay(login.address, socket, tcp=not jail)
            self._route = JAIL_ROUTE
            if not jail:
                self._folder.path.chmod(0o711)  # the app may be another user
                self._route = Route(str(socket), "127.0.0.1", self._door.port or 0)
        except BaseException:
            self.close()
            raise

    @classmethod
    def start(cls, environment: Mapping[str, str], jail: bool = True) -> OwnServer:
        """Connect to the server that the environment names, and make an account on it.

        :param environment: ``MYSQL_HOST`` (default: this machine) and ``MYSQL_PORT``, or
            ``MYSQL_UNIX_SOCKET``; ``MYSQL_USER`` and ``MYSQL_PASSWORD``.
        :param jail: whether the app is in a jail, and so without network.
        :raises ServerError: the server is not there or refuses; with the remedy.
        """
        try:
            return cls(_login(environment), jail=jail)
        except OSError as error:
            raise ServerError(
                f"The way to your database server cannot be made: {error}."
            ) from error

    def new_database(self, schema: str) -> Database:
        """Drop the scratch database and make it anew. See :class:`Server`."""
        assert self._door is not None
        self._door.shut()
        if self._scratch is not None:
            # Should the app have changed the password, this comes again below with a new one.
            with contextlib.suppress(DatabaseTrouble):
                disconnect(self._scratch, self._ours, self._name)
            self._scratch.close()
        try:
            self._hold_lock()
            self._change_password()
            self._scratch = self._session()
            disconnect(self._scratch, self._ours, self._name)
            self._owner.query(f"DROP DATABASE IF EXISTS {quoted(self._name)}")
            self._make_database()
            self._scratch.use(self._name)
        except DatabaseTrouble as trouble:
            raise ServerError(
                f"On the database server at {self._owner.login.address}, the scratch database "
                f"{self._name} cannot be made anew. {trouble}"
            ) from trouble
        load(schema, self._scratch, skip=lambda statement: statement.is_about_databases)
        self._door.open()
        return Database(
            self._name,
            self._route.settings(self._name, self._password, self._name),
            session=self._scratch,
            ours=self._ours,
            door=self._door,
            user=self._name,
        )

    def close(self) -> None:
        """Drop the scratch database and its account, and end the relay."""
        if self._door is not None:
            self._door.close()
        if self._has_lock:
            # A server that is gone keeps what we have there; the next start removes it.
            with contextlib.suppress(DatabaseTrouble):
                if self._scratch is not None:
                    disconnect(self._scratch, self._ours, self._name)
            with contextlib.suppress(DatabaseTrouble):
                self._drop(self._name, self._hosts)
            self._has_lock = False
        if self._scratch is not None:
            self._scratch.close()
        self._owner.close()
        self._folder.close()

    def _connect(self) -> None:
        login = self._owner.login
        try:
            self._owner.connect()
        except DatabaseTrouble as trouble:
            if trouble.code in _UNREACHABLE:
                text = (
                    f"No database server answers at {login.address}. Start it, or correct "
                    "MYSQL_HOST and MYSQL_PORT, or MYSQL_UNIX_SOCKET."
                )
            elif trouble.code in (_REFUSED, _REFUSED_BY_SOCKET):
                which = "the password in MYSQL_PASSWORD" if login.password else "no password"
                text = (
                    f"The database server at {login.address} refuses the user {login.user!r} with "
                    f"{which}. Correct MYSQL_USER and MYSQL_PASSWORD."
                )
            else:
                text = f"The database server at {login.address} cannot be used. {trouble}"
            raise ServerError(f"{text}\n{_PRIVATE_INSTEAD}") from trouble

    def _make_account(self) -> None:
        """Make the scratch database, and the account for it.

        The lock comes first and the database second, so that whatever is there at any moment can
        be found, and is not taken for abandoned.
        """
        try:
            self._hold_lock()
            self._has_lock = True
            self._make_database()
            self._make_user(_EVERYWHERE)
            with self._session() as session:
                try:
                    # MySQL keeps in memory who logged in once by TLS; by the relay, whose way
                    # is not encrypted, it would not let a new account in.
                    session.connect()
                    return
                except DatabaseTrouble as trouble:
                    if trouble.code != _REFUSED:
                        raise
            # A nameless account for just this host goes before ours (MariaDB sets it up).
            self._make_user(self._own_host())
            with self._session() as session:
                session.connect()
        except DatabaseTrouble as trouble:
            if trouble.code in _LACKS_RIGHTS:
                raise self._lacking_rights(trouble) from trouble
            raise ServerError(
                f"The database server at {self._owner.login.address} cannot be used. {trouble}\n"
                f"{_PRIVATE_INSTEAD}"
            ) from trouble

    def _lacking_rights(self, trouble: DatabaseTrouble) -> ServerError:
        row = self._owner.query("SELECT CURRENT_USER() AS me")[0]
        name, _, host = str(row["me"]).rpartition("@")
        account = f"'{name}'@'{host}'"
        pattern = PREFIX.replace("_", r"\_") + "%"
        return ServerError(
            f"The account {account} on the database server at {self._owner.login.address} may not "
            f"make scratch databases with accounts for them. {trouble}\n"
            "Somebody who administers that server types, as SQL:\n"
            f"  GRANT CREATE USER ON *.* TO {account};\n"
            f"  GRANT ALL PRIVILEGES ON `{pattern}`.* TO {account} WITH GRANT OPTION;\n"
            f"{_PRIVATE_INSTEAD}"
        )

    def _hold_lock(self) -> None:
        """Hold the lock, also on a new connection; the server releases it when that ends."""
        if not self._lock(self._name):
            raise DatabaseTrouble("Another session holds our lock.")

    def _lock(self, name: str) -> bool:
        return self._owner.query("SELECT GET_LOCK(%s, 0) AS got", (name,))[0]["got"] == 1

    def _make_database(self) -> None:
        self._owner.query(f"CREATE DATABASE {quoted(self._name)} CHARACTER SET utf8mb4")

    def _make_user(self, host: str) -> None:
        self._owner.query(
            f"CREATE USER %s@%s IDENTIFIED BY %s WITH MAX_USER_CONNECTIONS {MOST_CONNECTIONS}",
            (self._name, host, self._password),
        )
        self._hosts.append(host)
        # Without the backslashes, `_` would stand for any character.
        pattern = quoted(self._name.replace("_", r"\_"))
        self._owner.query(f"GRANT ALL PRIVILEGES ON {pattern}.* TO %s@%s", (self._name, host))

    def _change_password(self) -> None:
        """Give the account a new password, whatever the app made of the old one."""
        self._password = _password()
        for host in self._hosts:
            self._owner.query(
                "ALTER USER %s@%s IDENTIFIED BY %s", (self._name, host, self._password)
            )

    def _session(self) -> Session:
        """Return a session of the scratch account's."""
        owner = self._owner.login
        login = Login(owner.address, self._name, self._password, tls=owner.tls)
        return Session(login, self._ours)

    def _own_host(self) -> str:
        """Return this machine's name as the server sees it."""
        return str(self._owner.query("SELECT USER() AS me")[0]["me"]).rpartition("@")[2]

    def _remove_abandoned(self) -> None:
        """Drop the scratch databases, with their accounts, of checkers that are gone."""
        found = self._owner.query("SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA")
        hosts = [_EVERYWHERE, self._own_host()]
        for name in (str(row["name"]) for row in found):
            if _SCRATCH.fullmatch(name) and self._lock(name):
                # What cannot be dropped now, because something in it still works, can later.
                with contextlib.suppress(DatabaseTrouble):
                    self._drop(name, hosts)
                self._owner.query("SELECT RELEASE_LOCK(%s)", (name,))

    def _drop(self, name: str, hosts: Iterable[str]) -> None:
        """Drop a scratch database; its account first, for that is found by the database."""
        for host in hosts:
            self._owner.query("DROP USER IF EXISTS %s@%s", (name, host))
        self._owner.query(f"DROP DATABASE IF EXISTS {quoted(name)}")


def _login(environment: Mapping[str, str]) -> Login:
    host = environment.get("MYSQL_HOST") or "localhost"
    port = environment.get("MYSQL_PORT") or "3306"
    socket = environment.get("MYSQL_UNIX_SOCKET")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16):
        raise ServerError(f"MYSQL_PORT is {port!r}. It has to be a number from 1 to 65535.")
    # As MySQL's own programs do: the socket counts when the server is on this machine.
    local = bool(socket) and host == "localhost"
    address = Address(Path(socket)) if socket and local else Address(None, host, int(port))
    user = environment.get("MYSQL_USER") or getpass.getuser()
    return Login(address, user, environment.get("MYSQL_PASSWORD", ""), tls=not local)


def _password() -> str:
    """Return a random password that satisfies the usual rules for passwords, too."""
    return f"Aa1-{secrets.token_urlsafe(18)}"
