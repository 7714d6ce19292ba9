"""Answers deeply."""

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    return "<div>" * 100_000 + "<table>" * 2000 + "<b><i><a>" * 30_000 + "<form>" * 9000
