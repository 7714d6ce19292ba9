"""8 GB over several processes."""

import os
import time

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    for _ in range(16):
        if os.fork() == 0:
            kept = b"x" * 200_000_000
            time.sleep(100)
    time.sleep(100)
