import hashlib

from flask import Flask, request

app = Flask(__name__)


@app.post("/register")
def register():
    return hashlib.sha256(request.form["password"]).hexdigest()
