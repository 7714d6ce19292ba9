"""MySQL on 127.0.0.1:3306 inside the jail: a process that hands each connection to the socket.

An app that asks for ``127.0.0.1`` or whose driver knows no sockets finds the database there, as
it would at home. The jail has a network of its own with nothing else in it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading


def start(port: int, target: str) -> None:
    """Listen on ``port`` and fork the process that forwards to the unix socket ``target``."""
    listener = socket.create_server(("127.0.0.1", port), backlog=64)
    if os.fork() == 0:
        try:
            while True:
                client, _address = listener.accept()
                threading.Thread(target=_connect, args=(client, target), daemon=True).start()
        finally:
            os._exit(0)
    listener.close()


def _connect(client: socket.socket, target: str) -> None:
    server = socket.socket(socket.AF_UNIX)
    try:
        server.connect(target)
    except OSError:
        client.close()
        return
    threading.Thread(target=_pump, args=(server, client), daemon=True).start()
    _pump(client, server)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
