from flask import Flask, request

app = Flask(__name__)


@app.route("/request", methods=["GET", "POST"])
def request():
    return "Hello, " + request.form["username"]
