from flask import Flask, redirect, url_for

app = Flask(__name__)


@app.get("/")
def home():
    return redirect(url_for("profile"))


@app.get("/profile/<username>")
def profile(username):
    return "Hello, " + username
