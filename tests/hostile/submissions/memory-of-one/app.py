"""8 GB in one process."""

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    kept = bytearray(8_000_000_000)
    return str(len(kept))
