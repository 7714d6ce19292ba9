"""Random bytes and terminal escapes are on the page, in its headers, paths and errors."""

import os

from flask import Flask

app = Flask(__name__)
ESCAPES = "\x1b[2J\x1b]0;owned\x07\u202e\u2066\ufeff\x9b31m\r\b\x00"


@app.get("/login")
def login():
    raise type("Error\x1b[2J", (Exception,), {})(ESCAPES + os.urandom(50).decode("latin-1"))


@app.errorhandler(Exception)
def broken(error):
    return ESCAPES.encode() + os.urandom(5000), 500, {"Location": "/\x9b31m"}
