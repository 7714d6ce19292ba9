"""Random bytes."""

import os

from flask import Flask
from line import line

app = Flask(__name__)


@app.get("/login")
def login():
    os.write(line(), os.urandom(10_000))
    return "honest"
