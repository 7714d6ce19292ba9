"""Files named like what Python, Flask, graders and the jail load."""

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    import json

    return json.dumps("not poisoned")
