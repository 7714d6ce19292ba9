"""A file of 5 GB with nothing in it."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    os.truncate(os.open("large", os.O_CREAT | os.O_WRONLY), 5_000_000_000)
