from flask import Flask

app = Flask(__name__)


@app.get("/profile/<username>")
def profile():
    return "Hello"
