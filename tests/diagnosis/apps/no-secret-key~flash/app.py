from flask import Flask, flash

app = Flask(__name__)


@app.post("/login")
def login():
    flash("Wrong username or password.")
    return "the form again"
