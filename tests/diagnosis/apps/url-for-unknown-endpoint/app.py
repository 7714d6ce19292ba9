from flask import Flask, redirect, url_for

app = Flask(__name__)


@app.get("/")
def home():
    return redirect(url_for("log_in"))


@app.get("/login")
def login():
    return "the form"
