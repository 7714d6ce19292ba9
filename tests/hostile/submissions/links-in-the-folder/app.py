"""Has neighbours that are no files."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    return f"here: {sorted(os.listdir('.'))}"
