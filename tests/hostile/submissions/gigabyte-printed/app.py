"""1 GB is printed."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    for _ in range(16_000):
        os.write(1, b"x" * 65536)
    return "done"
