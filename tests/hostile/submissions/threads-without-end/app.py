"""Threads."""

import threading

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    while True:
        threading.Thread(target=threading.Event().wait).start()
