from flask import Flask
from flask_mysql_db import MySQL

app = Flask(__name__)
mysql = MySQL(app)
