import os

import MySQLdb
from flask import Flask, request

app = Flask(__name__)
connection = None


def connect():
    connection = MySQLdb.connect(unix_socket=os.environ["MYSQL_UNIX_SOCKET"], user="app")
    connection.ping()


@app.post("/login")
def login():
    cursor = connection.cursor()
    return "checking " + request.form["username"]
