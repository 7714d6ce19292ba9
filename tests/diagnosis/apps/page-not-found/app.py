from flask import Flask

app = Flask(__name__)


@app.get("/log-in")
def login():
    return "the form"
