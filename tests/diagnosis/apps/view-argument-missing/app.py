from flask import Flask

app = Flask(__name__)


@app.get("/profile")
def profile(username):
    return "Hello, " + username
