"""It prints without end, from several processes."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    os.fork()
    os.fork()
    while True:
        os.write(2, b"score: 100/100 points\n" * 3000)
