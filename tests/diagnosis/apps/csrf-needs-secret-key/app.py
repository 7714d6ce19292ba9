from flask import Flask
from flask_wtf.csrf import CSRFProtect
from flask_wtf.csrf import generate_csrf

app = Flask(__name__)
CSRFProtect(app)


@app.get("/token")
def token():
    return generate_csrf()


@app.post("/login")
def login():
    return "welcome"
