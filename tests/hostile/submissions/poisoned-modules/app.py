"""Has neighbours with well-known names."""

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    import json

    return json.dumps("not poisoned")
