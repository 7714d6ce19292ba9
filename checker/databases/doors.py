"""The way by which an app reaches a database server, and that the checker can shut."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path

#: The socket's name in :attr:`checker.databases.server.Server.socket_directory`.
SOCKET = "mysqld.sock"


class Door(ABC):
    """Shut, it looks to an app as if there were no server."""

    @abstractmethod
    def open(self) -> None:
        """Let apps in. Harmless when open."""

    @abstractmethod
    def shut(self) -> None:
        """Let nobody in. Harmless when shut. Those who are in already may stay."""

    @abstractmethod
    def close(self) -> None:
        """Shut for good. Harmless the second time."""


class LinkDoor(Door):
    """A second name for the server's own socket: costs nothing, and the first name stays ours.

    :param socket: the socket that the server made.
    :param name: where apps look for it, on the same file system.
    """

    def __init__(self, socket: Path, name: Path) -> None:
        self._socket = socket
        self._name = name

    def open(self) -> None:
        """Give the socket its second name."""
        self.shut()
        os.link(self._socket, self._name)

    def shut(self) -> None:
        """Take the second name away."""
        self._name.unlink(missing_ok=True)

    def close(self) -> None:
        """Take the second name away."""
        self.shut()
