import bcrypt
from flask import Flask, request

app = Flask(__name__)


@app.post("/register")
def register():
    return bcrypt.hashpw(request.form["password"].encode(), bcrypt.gensalt(4))
