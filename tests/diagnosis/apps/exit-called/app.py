import sys

from flask import Flask

app = Flask(__name__)

if "PORT" not in app.config:
    sys.exit("no port configured")
