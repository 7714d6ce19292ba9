"""A door that forwards bytes: to a server elsewhere, and for drivers that know no sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine
from pathlib import Path

from checker.databases.doors import Door
from checker.databases.session import Address

_CHUNK = 1 << 16
#: For what takes microseconds unless the machine is out of order.
_SECONDS = 10
_Writers = set[asyncio.StreamWriter]


class Relay(Door):
    """Listens on a unix socket, and on a TCP port of 127.0.0.1 if asked; works in its own thread.

    Shut at first. Shutting it also cuts every connection that goes through it.

    :param target: the server.
    :param path: where to make the unix socket.
    :param tcp: listen on a port too.
    :ivar port: that port; it stays the same while the relay lives.
    """

    def __init__(self, target: Address, path: Path, *, tcp: bool = False) -> None:
        self.port: int | None = None
        self._target = target
        self._path = path
        self._listening: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: _Writers = set()
        if tcp:
            # Reserves the port until the door is opened: bound, it is not given to another.
            self._reserved: socket.socket | None = _bound(0)
            self.port = self._reserved.getsockname()[1]
        else:
            self._reserved = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="relay")
        self._thread.start()

    def open(self) -> None:
        """Begin to listen.

        :raises OSError: the path or the port was taken meanwhile.
        """
        self._run(self._open())

    def shut(self) -> None:
        """Stop listening and cut what goes through."""
        self._run(self._shut())

    def close(self) -> None:
        """Shut and end the thread. Harmless the second time."""
        if self._loop.is_closed():
            return
        self.shut()
        if self._reserved is not None:
            self._reserved.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_SECONDS)
        self._loop.close()

    def _run(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_SECONDS)

    async def _open(self) -> None:
        if self._listening:
            return
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._path))
        self._path.chmod(0o777)  # the app may be another user; the folder decides who gets here
        self._listening.append(await asyncio.start_unix_server(self._serve, sock=listener))
        if self.port is not None:
            reserved, self._reserved = self._reserved, None
            listener = reserved or _bound(self.port)
            self._listening.append(await asyncio.start_server(self._serve, sock=listener))

    async def _shut(self) -> None:
        for server in self._listening:
            server.close()
        if self._listening:
            self._path.unlink(missing_ok=True)
        self._listening.clear()
        for writer in self._writers:
            writer.transport.abort()
        # Also those that wait for the server to answer: nobody wants it any more.
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.port is not None and self._reserved is None:
            self._reserved = _bound(self.port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either end is through."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        ours = {writer}
        self._writers.add(writer)
        try:
            there, back = await self._connect()
            ours.add(back)
            self._writers.add(back)
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        except (OSError, asyncio.CancelledError):
            # Nobody there, or cut: the app sees a closed connection, as from a server that ends.
            pass
        finally:
            for each in ours:
                each.transport.abort()
            self._writers -= ours
            self._tasks.discard(task)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._target.socket is not None:
            return await asyncio.open_unix_connection(str(self._target.socket))
        return await asyncio.open_connection(self._target.host, self._target.port)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Copy until the source ends; then the conversation is over."""
    while data := await source.read(_CHUNK):
        sink.write(data)
        await sink.drain()
    # In MySQL's protocol neither side goes on when the other has ended.
    sink.close()


def _bound(port: int) -> socket.socket:
    """Return a socket bound to a port of 127.0.0.1, not listening yet.

    :param port: 0 for any that is free.
    """
    bound = socket.socket()
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
    except BaseException:
        bound.close()
        raise
    return bound
