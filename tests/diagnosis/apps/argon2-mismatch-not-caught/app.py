from argon2 import PasswordHasher
from flask import Flask, request

app = Flask(__name__)
hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
STORED = hasher.hash("secret")


@app.post("/login")
def login():
    if hasher.verify(STORED, request.form["password"]):
        return "welcome"
    return "wrong"
