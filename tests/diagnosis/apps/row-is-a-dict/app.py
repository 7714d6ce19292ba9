import os

from flask import Flask, request
from flask_mysqldb import MySQL

app = Flask(__name__)
app.config["MYSQL_UNIX_SOCKET"] = os.environ["MYSQL_UNIX_SOCKET"]
app.config["MYSQL_USER"] = os.environ["MYSQL_USER"]
app.config["MYSQL_PASSWORD"] = os.environ["MYSQL_PASSWORD"]
app.config["MYSQL_DB"] = os.environ["MYSQL_DB"]
app.config["MYSQL_CHARSET"] = "utf8mb4"
app.config["MYSQL_CURSORCLASS"] = "DictCursor"
mysql = MySQL(app)


@app.post("/login")
def login():
    cursor = mysql.connection.cursor()
    username = request.form["username"]
    cursor.execute("SELECT id, password FROM accounts WHERE username = %s", (username,))
    account = cursor.fetchone()
    if account and account[1] == request.form["password"]:
        return "welcome"
    return "wrong"
