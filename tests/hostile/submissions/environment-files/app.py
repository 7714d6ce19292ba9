"""Settings in .env and .flaskenv that would change how things are run."""

import os

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    return f"{os.environ['MYSQL_USER'] == 'root'} {os.environ['SECRET_KEY'] == 'known'}"
