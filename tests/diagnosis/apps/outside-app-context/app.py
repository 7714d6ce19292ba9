import os

from flask import Flask
from flask_mysqldb import MySQL

app = Flask(__name__)
app.config["MYSQL_DB"] = os.environ.get("MYSQL_DB", "pythonlogin")
mysql = MySQL(app)
cursor = mysql.connection.cursor()
