"""Threads that never end, as many as there may be."""

import threading

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    while True:
        threading.Thread(target=threading.Event().wait).start()
