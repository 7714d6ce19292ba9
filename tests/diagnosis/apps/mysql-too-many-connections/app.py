import os

import MySQLdb
from flask import Flask, request

app = Flask(__name__)
connections = []


@app.post("/login")
def login():
    connection = MySQLdb.connect(
        unix_socket=os.environ["MYSQL_UNIX_SOCKET"],
        user=os.environ["MYSQL_USER"],
        password=os.environ["MYSQL_PASSWORD"],
    )
    connections.append(connection)  # never closed
    return "checking " + request.form["username"]
