"""A view leaves Python in the polite way."""

import sys

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    sys.exit(0)
