"""A daemon that wants to stay."""

import contextlib
import ctypes
import os
import signal
import time

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in range(1, 65):
                with contextlib.suppress(OSError, ValueError):
                    signal.signal(number, signal.SIG_IGN)
            ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)  # no wish to die with the parent
            while True:
                time.sleep(100)
        os._exit(0)
    return "left"
