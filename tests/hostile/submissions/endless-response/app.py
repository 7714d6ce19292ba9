"""A page that never ends, as fast as it can."""

import itertools

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    return app.response_class("<p>" * 1000 for _ in itertools.count())
