"""Leaves."""

import sys

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    sys.exit(0)
