"""Frames without end."""

import os

from flask import Flask
from line import answer, line

app = Flask(__name__)


@app.get("/login")
def login():
    while True:
        os.write(line(), answer() * 100)
    return "honest"
