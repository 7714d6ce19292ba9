import flask_mysqldb
from flask import Flask

app = Flask(__name__)
mysql = flask_mysqldb.MySQL(app)
