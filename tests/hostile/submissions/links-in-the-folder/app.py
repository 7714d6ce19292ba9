"""Links and pipes in what was handed in."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    return f"here: {sorted(os.listdir('.'))}"
