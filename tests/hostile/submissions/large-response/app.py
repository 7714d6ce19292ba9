"""A page of 1 GB."""

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    return app.response_class(b"x" * 1_000_000 for _ in range(1000))
