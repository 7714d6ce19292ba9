import sqlite3
from threading import Thread

from flask import Flask

app = Flask(__name__)
database = sqlite3.connect(":memory:")


@app.get("/")
def home():
    return str(database.execute("SELECT 1").fetchone()[0])


@app.get("/as-a-server-does")
def in_a_thread():
    thread = ThreadWithResult(home)
    thread.start()
    thread.join()
    if thread.error:
        raise thread.error
    return "home"


class ThreadWithResult(Thread):
    def __init__(self, task):
        super().__init__()
        self.task = task
        self.error = None

    def run(self):
        try:
            self.task()
        except Exception as error:
            self.error = error
