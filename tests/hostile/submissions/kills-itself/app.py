"""Every signal to itself."""

import contextlib
import os
import signal

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    for number in range(1, 65):
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
    for number in range(1, 65):
        with contextlib.suppress(OSError):
            os.kill(os.getpid(), number)
    return "still here"
