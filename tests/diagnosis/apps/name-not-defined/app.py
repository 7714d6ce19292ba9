from flask import Flask, request

app = Flask(__name__)


@app.post("/login")
def login():
    username = request.form["username"]
    return "Welcome back, " + usrname
