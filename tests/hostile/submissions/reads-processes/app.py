"""Memory and environment of every other process."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    seen = []
    me = os.readlink("/proc/self")
    for number in os.listdir("/proc"):
        if number.isdigit() and number != me:
            for file in ("environ", "mem", "maps", "stack"):
                try:
                    seen.append(open(f"/proc/{number}/{file}", "rb").read(1))
                except OSError:
                    pass
    return f"seen: {seen}"
