import os

from flask import Flask, request
from flask_mysqldb import MySQL

app = Flask(__name__)
app.config["MYSQL_HOST"] = "database-server-of-the-provider-whose-first-name-is-longer-than-dns-allows"
app.config["MYSQL_USER"] = os.environ["MYSQL_USER"]
mysql = MySQL(app)


@app.post("/login")
def login():
    cursor = mysql.connection.cursor()
    cursor.execute("SELECT id FROM accounts WHERE username = %s", (request.form["username"],))
    return "found" if cursor.fetchone() else "not found"
