from flask import Flask, request

app = Flask(__name__)


@app.route("/login", methods=["GET" app])
def login():
    return "the login form"
