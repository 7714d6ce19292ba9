import os

from flask import Flask, request
from flask_mysqldb import MySQL

app = Flask(__name__)
app.config["MYSQL_HOST"] = "mysql://app_user:the_password_that_the_provider_gave_me_0123456789@localhost:3306/pythonlogin"
app.config["MYSQL_USER"] = os.environ["MYSQL_USER"]
mysql = MySQL(app)


@app.post("/login")
def login():
    cursor = mysql.connection.cursor()
    cursor.execute("SELECT id FROM accounts WHERE username = %s", (request.form["username"],))
    return "found" if cursor.fetchone() else "not found"
