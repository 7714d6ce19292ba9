"""Memory files, shared memory, semaphores: what no list of processes shows."""

import ctypes

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    libc = ctypes.CDLL(None)
    return str([libc.memfd_create(b"x", 0), libc.shmget(0, 1 << 30, 0o1600), libc.semget(0, 9, 0o1600)])
