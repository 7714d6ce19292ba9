import sqlite3

from flask import Flask

app = Flask(__name__)
database = sqlite3.connect(":memory:")
database.execute("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY)")
