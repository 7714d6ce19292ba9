"""Numbers that Python reads and JSON does not know."""

import os

from flask import Flask
from line import frame, line

app = Flask(__name__)


@app.get("/login")
def login():
    os.write(line(), frame(b'{"type": "response", "id": NaN, "status": 1e999}'))
    return "honest"
