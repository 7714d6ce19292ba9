"""Whatever the environment gives away."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    usual = {"PATH", "HOME", "LANG", "SECRET_KEY", "FLASK_RUN_FROM_CLI"}
    names = [n for n in os.environ if n not in usual and not n.startswith("MYSQL_")]
    raw = open("/proc/self/environ").read()
    return f"seen: {names} {'SECRET' in raw or 'TOKEN' in raw}"
