"""It never answers."""

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    while True:
        pass
