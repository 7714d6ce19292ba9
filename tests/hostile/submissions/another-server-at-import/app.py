from flask import Flask
from werkzeug.serving import run_simple

app = Flask(__name__)
run_simple("127.0.0.1", 5000, app)
