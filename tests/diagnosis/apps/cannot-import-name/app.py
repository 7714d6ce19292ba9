from flask import Flask
from flask_mysqldb import Mysql

app = Flask(__name__)
mysql = Mysql(app)
