"""True is 1, they say."""

import os

from flask import Flask
from line import frame, line

app = Flask(__name__)


@app.get("/login")
def login():
    os.write(line(), frame({"type": "response", "id": True, "status": "200 OK", "headers": []}))
    return "honest"
