from flask import Flask, session

app = Flask(__name__)
app.secret_key = "change me"


@app.get("/")
def home():
    return "Hello, " + session["username"]
