"""A process that the app has forked answers for it."""

import os

from flask import Flask
from line import answer, line

app = Flask(__name__)


@app.get("/login")
def login():
    if os.fork() == 0:
        os.write(line(), answer())
        os._exit(0)
    os.wait()
    return "honest"
