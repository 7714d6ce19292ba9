"""A database server, whoever's it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import NamedTuple

from checker.databases.database import Database


class Route(NamedTuple):
    """How an app reaches its server: by either of two ways, whichever its driver prefers."""

    socket: str
    host: str
    port: int

    def settings(self, user: str, password: str, database: str) -> dict[str, str]:
        """Return the environment variables that tell an app about it."""
        return {
            "MYSQL_HOST": self.host,
            "MYSQL_PORT": str(self.port),
            "MYSQL_UNIX_SOCKET": self.socket,
            "MYSQL_USER": user,
            "MYSQL_PASSWORD": password,
            "MYSQL_DB": database,
        }


#: What an app in the jail is told: the socket directory is shown there, and a relay listens.
JAIL_ROUTE = Route("/run/mysqld/mysqld.sock", "localhost", 3306)


class Server(ABC):
    """Gives each check a database that nobody used before.

    Make it and ask it for databases in the main thread, and close it.

    :ivar socket_directory: the folder that holds ``mysqld.sock`` while there is a database.
    :ivar has_log: whether :meth:`Database.log` tells anything.
    :ivar is_shared: whether others use the server as well, so that there can be no second one.
    """

    socket_directory: Path
    has_log: bool
    is_shared: bool

    @abstractmethod
    def new_database(self, schema: str) -> Database:
        """Throw away what the last check left, and make a new database.

        Whatever an app did to the last one, this one is as on the first day. The last
        :class:`Database` must not be used any more.

        :param schema: text of ``schema.sql``; not trusted, executed with the app's rights.
        :raises SchemaError: a statement of it cannot be executed.
        :raises ServerError: the server cannot be used.
        """

    @abstractmethod
    def close(self) -> None:
        """Remove everything. Harmless the second time."""

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
