from flask import Flask, request

app = Flask(__name__)


@app.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "POST":
        name = request.form["user_name"]
        return "checking " + name
    return "the form, with a field called username"
