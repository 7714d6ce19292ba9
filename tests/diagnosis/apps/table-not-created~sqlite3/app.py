import sqlite3

from flask import Flask

app = Flask(__name__)


@app.get("/find/<username>")
def find(username):
    database = sqlite3.connect("app.db")
    row = database.execute("SELECT id FROM accounts WHERE username = ?", (username,)).fetchone()
    return "found" if row else "not found"
