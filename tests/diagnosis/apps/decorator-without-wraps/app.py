from flask import Flask, redirect, session

app = Flask(__name__)


def login_required(view):
    def wrapper(*args, **kwargs):
        if "username" not in session:
            return redirect("/login")
        return view(*args, **kwargs)

    return wrapper


@app.get("/")
@login_required
def home():
    return "home"


@app.get("/profile")
@login_required
def profile():
    return "profile"
