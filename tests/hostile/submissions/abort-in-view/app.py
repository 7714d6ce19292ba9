"""Aborts."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    os.abort()
