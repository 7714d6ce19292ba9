from flask import Flask, request

app = Flask(__name__)


@app.post("/login")
def login():
    username = request.form.get("user").strip()
    return "Hello, " + username
