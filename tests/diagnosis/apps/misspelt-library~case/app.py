from flask import Flask
from flask_MySQLdb import MySQL

app = Flask(__name__)
mysql = MySQL(app)
