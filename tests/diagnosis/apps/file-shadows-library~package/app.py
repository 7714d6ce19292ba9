from flask import Flask
from flask_mysqldb.cursors import DictCursor

app = Flask(__name__)
app.config["MYSQL_CURSORCLASS"] = DictCursor.__name__
