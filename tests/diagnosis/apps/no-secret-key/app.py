from flask import Flask, redirect, request, session

app = Flask(__name__)


@app.post("/login")
def login():
    session["username"] = request.form["username"]
    return redirect("/")
