"""A header of 100,000 lists in each other."""

import os

from flask import Flask
from line import frame, line

app = Flask(__name__)


@app.get("/login")
def login():
    os.write(line(), frame(b"[" * 100_000 + b"]" * 100_000))
    return "honest"
