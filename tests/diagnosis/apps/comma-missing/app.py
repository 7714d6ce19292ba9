from flask import Flask, request

app = Flask(__name__)


@app.route("/login" methods=["GET", "POST"])
def login():
    return "the login form"
