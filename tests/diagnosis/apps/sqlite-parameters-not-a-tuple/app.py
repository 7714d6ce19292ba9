import sqlite3

from flask import Flask

app = Flask(__name__)


@app.get("/find/<username>")
def find(username):
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY, username TEXT)")
    row = database.execute("SELECT id FROM accounts WHERE username = ?", ("admin")).fetchone()
    return "found" if row else "not found"
