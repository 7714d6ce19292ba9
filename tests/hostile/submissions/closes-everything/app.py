"""Every descriptor, the checker's line included."""

import os
import time

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    os.closerange(0, 1000)
    time.sleep(100)
