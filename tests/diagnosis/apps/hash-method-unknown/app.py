from flask import Flask, request
from werkzeug.security import generate_password_hash

app = Flask(__name__)


@app.post("/register")
def register():
    return generate_password_hash(request.form["password"], method="sha256")
