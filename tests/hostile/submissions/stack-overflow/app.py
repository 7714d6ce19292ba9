"""A call that calls itself."""

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    return login()
