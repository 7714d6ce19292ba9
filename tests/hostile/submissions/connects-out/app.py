"""The network: TCP, UDP, names, the metadata service, abstract sockets."""

import socket

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    seen = []
    for kind, address in [(socket.SOCK_STREAM, ("1.1.1.1", 443)), (socket.SOCK_DGRAM, ("8.8.8.8", 53)),
                          (socket.SOCK_STREAM, ("169.254.169.254", 80))]:
        try:
            with socket.socket(type=kind) as connection:
                connection.settimeout(0.3)
                connection.connect(address)
                connection.send(b"hello")
                seen.append(address)
        except OSError:
            pass
    try:
        seen.append(socket.gethostbyname("example.com"))
    except OSError:
        pass
    for line in open("/proc/net/unix").read().splitlines()[1:]:
        path = line.split()[7:]
        if path and path[0].startswith("@"):
            seen.append(path)
    return f"seen: {seen} {[name for _, name in socket.if_nameindex()]}"
