import bcrypt
from flask import Flask, request

app = Flask(__name__)


@app.post("/login")
def login():
    stored = "secret"
    right = bcrypt.checkpw(request.form["password"].encode(), stored.encode())
    return "welcome" if right else "wrong"
