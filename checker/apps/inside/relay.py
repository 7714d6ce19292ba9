"""MySQL on 127.0.0.1:3306 inside the jail: a process that hands each connection to the socket.

An app that asks for ``127.0.0.1`` or whose driver knows no sockets finds the database there, as
it would at home. Each app has a network and a relay of its own, in which there is nothing else;
whatever it does to them, the next app begins with new ones.
"""

from __future__ import annotations

import contextlib
import selectors
import socket

#: Connections at a time; a further one is closed at once.
MOST_CONNECTIONS = 200
_PORTION = 1 << 16
#: How far a side that does not read may fall behind before its other side is not read either.
_MOST_WAITING = 1 << 20


def listen(port: int) -> socket.socket:
    """Return a socket that listens on the port of 127.0.0.1."""
    return socket.create_server(("127.0.0.1", port), backlog=MOST_CONNECTIONS)


def serve(listener: socket.socket, target: str) -> None:
    """Forward every connection to the unix socket ``target``, for ever.

    One thread does it all, so that nobody's connections can use up threads.
    """
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, events in selector.select():
            if isinstance(key.data, _Side):
                key.data.move(events)
            else:
                _accept(listener, target, selector)


def _accept(listener: socket.socket, target: str, selector: selectors.BaseSelector) -> None:
    try:
        client, _address = listener.accept()
    except OSError:  # it went away again, or there are too many open files
        return
    server = socket.socket(socket.AF_UNIX)
    for end in (client, server):
        end.setblocking(False)
    try:
        if len(selector.get_map()) > 2 * MOST_CONNECTIONS:
            raise ConnectionRefusedError
        server.connect(target)
    except OSError:
        client.close()
        server.close()
        return
    one, other = _Side(client, selector), _Side(server, selector)
    one.other, other.other = other, one
    one.attend()
    other.attend()


class _Side:
    """One end of a forwarded connection, and what is still to be sent to it."""

    other: _Side

    def __init__(self, connection: socket.socket, selector: selectors.BaseSelector) -> None:
        self._connection = connection
        self._selector = selector
        self._waiting = bytearray()
        self._ending = False  # the other end has said all

    def move(self, events: int) -> None:
        """Read or write what can be read or written now."""
        if self._connection.fileno() < 0:  # closed by what the other side did a moment ago
            return
        try:
            if events & selectors.EVENT_WRITE:
                del self._waiting[: self._connection.send(self._waiting)]
            if events & selectors.EVENT_READ:
                data = self._connection.recv(_PORTION)
                self.other._waiting += data
                self.other._ending = not data
        except BlockingIOError:
            pass
        except OSError:
            self._close()
            return
        for side in (self, self.other):
            if side._ending and not side._waiting:
                self._close()
                return
            side.attend()

    def attend(self) -> None:
        """Ask to be told of what this side can do next."""
        events = selectors.EVENT_WRITE if self._waiting else 0
        if len(self.other._waiting) < _MOST_WAITING and not self.other._ending:
            events |= selectors.EVENT_READ
        with contextlib.suppress(KeyError):
            self._selector.unregister(self._connection)
        if events:
            self._selector.register(self._connection, events, self)

    def _close(self) -> None:
        for side in (self, self.other):
            with contextlib.suppress(KeyError):
                self._selector.unregister(side._connection)
            side._connection.close()
