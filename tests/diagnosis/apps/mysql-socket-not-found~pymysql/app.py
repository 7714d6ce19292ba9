import pymysql
from flask import Flask

app = Flask(__name__)
connection = pymysql.connect(unix_socket="/tmp/no-such-folder/mysql.sock", user="app")
