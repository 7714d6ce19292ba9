"""Half a frame, then Flask's."""

import os

from flask import Flask
from line import answer, line

app = Flask(__name__)


@app.get("/login")
def login():
    os.write(line(), answer()[:40])
    return "honest"
