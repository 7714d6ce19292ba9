from argon2 import PasswordHasher
from flask import Flask, request

app = Flask(__name__)


@app.post("/login")
def login():
    if PasswordHasher().verify("secret", request.form["password"]):
        return "welcome"
    return "wrong"
