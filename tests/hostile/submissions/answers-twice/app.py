"""The right answer, and Flask's after it."""

import os

from flask import Flask
from line import answer, line

app = Flask(__name__)


@app.get("/login")
def login():
    os.write(line(), answer())
    return "honest"
