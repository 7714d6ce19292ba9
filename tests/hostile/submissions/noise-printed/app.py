"""Random bytes and terminal escapes are printed."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    for _ in range(50):
        os.write(1, os.urandom(1000))
    print("\x1b[2J\x1b[31m\x1b]0;owned\x07 \u202e\u2066 \r\b\x9b31m", flush=True)
    return "printed"
