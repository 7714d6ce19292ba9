"""HTTP instead of a frame."""

import os

from flask import Flask
from line import line

app = Flask(__name__)


@app.get("/login")
def login():
    os.write(line(), b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")
    return "honest"
