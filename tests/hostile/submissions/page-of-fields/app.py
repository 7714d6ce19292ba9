"""A form of 100,000 fields."""

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    return "<form method=post>" + "<input name=a>" * 100_000 + "<input type=password name=p>"
