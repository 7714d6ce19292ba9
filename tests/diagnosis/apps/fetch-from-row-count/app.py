import os

from flask import Flask, request
from flask_mysqldb import MySQL

app = Flask(__name__)
app.config["MYSQL_UNIX_SOCKET"] = os.environ["MYSQL_UNIX_SOCKET"]
app.config["MYSQL_USER"] = os.environ["MYSQL_USER"]
app.config["MYSQL_PASSWORD"] = os.environ["MYSQL_PASSWORD"]
app.config["MYSQL_DB"] = os.environ["MYSQL_DB"]
app.config["MYSQL_CHARSET"] = "utf8mb4"
mysql = MySQL(app)


@app.post("/login")
def login():
    cursor = mysql.connection.cursor()
    rows = cursor.execute("SELECT id FROM accounts WHERE username = %s", (request.form["username"],))
    return "found" if rows.fetchone() else "not found"
