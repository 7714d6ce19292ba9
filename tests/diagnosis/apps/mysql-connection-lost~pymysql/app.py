import os

import pymysql
from flask import Flask, request

app = Flask(__name__)
SETTINGS = {
    "unix_socket": os.environ["MYSQL_UNIX_SOCKET"],
    "user": os.environ["MYSQL_USER"],
    "password": os.environ["MYSQL_PASSWORD"],
    "database": os.environ["MYSQL_DB"],
}
connection = pymysql.connect(**SETTINGS)


@app.post("/login")
def login():
    cursor = connection.cursor()
    cursor.execute("SELECT id FROM accounts WHERE username = %s", (request.form["username"],))
    return "found" if cursor.fetchone() else "not found"


@app.post("/night")
def night():
    """What the server does to a connection that has been idle for hours."""
    other = pymysql.connect(**SETTINGS)
    other.cursor().execute(f"KILL {connection.thread_id()}")
    other.close()
    return "good morning"
