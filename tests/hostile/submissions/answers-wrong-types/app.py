"""Fields of other kinds than expected."""

import os

from flask import Flask
from line import answer, line

app = Flask(__name__)


@app.get("/login")
def login():
    os.write(line(), answer(status=["200 OK"], headers={"a": 1}, exceptions="none", too_long=None))
    return "honest"
