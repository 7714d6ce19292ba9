from flask import Flask, request
from werkzeug.security import check_password_hash

app = Flask(__name__)
STORED = "sha256$Yv7rUGzp$0f4b1c9c8d9a2b1a1f0b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7081"


@app.post("/login")
def login():
    return "welcome" if check_password_hash(STORED, request.form["password"]) else "wrong"
