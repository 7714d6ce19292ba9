import os

from flask import Flask, request
from flask_mysqldb import MySQL

app = Flask(__name__)
app.config["MYSQL_HOST"] = "127.0.0.1"
app.config["MYSQL_PORT"] = 1
app.config["MYSQL_USER"] = os.environ["MYSQL_USER"]
mysql = MySQL(app)


@app.post("/login")
def login():
    cursor = mysql.connection.cursor()
    cursor.execute("SELECT id FROM accounts WHERE username = %s", (request.form["username"],))
    return "found" if cursor.fetchone() else "not found"
