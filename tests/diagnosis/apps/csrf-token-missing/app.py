from flask import Flask
from flask_wtf.csrf import CSRFProtect

app = Flask(__name__)
app.secret_key = "change me"
CSRFProtect(app)


@app.post("/login")
def login():
    return "welcome"
