import os

import pymysql
from flask import Flask, request

app = Flask(__name__)


@app.post("/login")
def login():
    connection = pymysql.connect(
        unix_socket=os.environ["MYSQL_UNIX_SOCKET"],
        user=os.environ["MYSQL_USER"],
        password=os.environ["MYSQL_PASSWORD"],
        read_timeout=0.05,
    )
    connection.cursor().execute("SELECT SLEEP(1)")
    return "checking " + request.form["username"]
