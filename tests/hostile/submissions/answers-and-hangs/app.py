"""An answer, and then the view never comes back."""

import os

from flask import Flask
from line import answer, line

app = Flask(__name__)


@app.get("/login")
def login():
    os.write(line(), answer())
    while True:
        pass
    return "honest"
