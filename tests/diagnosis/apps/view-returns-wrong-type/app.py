from flask import Flask, request

app = Flask(__name__)


@app.post("/login")
def login():
    return request.form["password"] == "secret"
