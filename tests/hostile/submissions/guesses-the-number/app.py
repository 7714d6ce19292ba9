"""Answers to the requests that should come next."""

import os

from flask import Flask
from line import frame, line

app = Flask(__name__)


@app.get("/login")
def login():
    for number in range(100):
        os.write(line(), frame({"type": "response", "id": number, "status": "200 OK", "headers": []}))
    return "honest"
