"""A frame that says it is 4 GB long."""

import os
import struct

from flask import Flask
from line import line

app = Flask(__name__)


@app.get("/login")
def login():
    os.write(line(), struct.pack(">2sBII", b"fw", 1, 100, 2**32 - 1) + bytes(1000))
    return "honest"
