"""A thread goes on after the answer."""

import threading

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    threading.Thread(target=threading.Event().wait).start()
    return "the form comes later"
