from flask import Flask, request

app = Flask(__name__)


@app.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "GET":
        return "the form"
    if request.form["password"] == "secret":
        return "welcome"
