from flask import Flask, request
from werkzeug.security import check_password_hash

app = Flask(__name__)
ACCOUNTS = {"ada": None}


@app.post("/login")
def login():
    stored = ACCOUNTS[request.form["username"]]
    return "welcome" if check_password_hash(stored, request.form["password"]) else "wrong"
