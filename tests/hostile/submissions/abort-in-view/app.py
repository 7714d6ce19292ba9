"""The process brings itself down."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    os.abort()
