from flask import Flask, session

app = Flask(__name__)
app.secret_key = "change me"


class Account:
    username = "ada"


@app.post("/login")
def login():
    session["account"] = Account()
    return "Hello"
