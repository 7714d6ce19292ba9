"""A page of nothing that never ends."""

import itertools

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    return app.response_class(b"" for _ in itertools.count())
