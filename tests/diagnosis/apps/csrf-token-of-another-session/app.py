from flask import Flask
from flask_wtf.csrf import CSRFProtect
from flask_wtf.csrf import generate_csrf

app = Flask(__name__)
app.secret_key = "change me"
CSRFProtect(app)


@app.get("/login")
def form():
    return generate_csrf()


@app.post("/login")
def login():
    return "welcome"
