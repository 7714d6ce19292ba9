import pymysql
from flask import Flask

app = Flask(__name__)
connection = pymysql.connect(host="127.0.0.1", port=1, user="app")
