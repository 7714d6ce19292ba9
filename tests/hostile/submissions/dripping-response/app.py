"""A page that never ends, a byte now and then."""

import time

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    def drip():
        while True:
            yield b"."
            time.sleep(0.2)

    return app.response_class(drip())
