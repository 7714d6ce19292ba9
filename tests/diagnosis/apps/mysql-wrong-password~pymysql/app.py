import os

import pymysql
from flask import Flask, request

app = Flask(__name__)


@app.post("/login")
def login():
    connection = pymysql.connect(
        unix_socket=os.environ["MYSQL_UNIX_SOCKET"],
        user=os.environ["MYSQL_USER"],
        password="",
        database=os.environ["MYSQL_DB"],
    )
    return request.form["username"] + " uses " + connection.get_server_info()
