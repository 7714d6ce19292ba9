"""A page of 100,000 elements in each other, and tables, and formatting that is never closed."""

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    return "<div>" * 100_000 + "<table>" * 2000 + "<b><i><a>" * 30_000 + "<form>" * 9000
