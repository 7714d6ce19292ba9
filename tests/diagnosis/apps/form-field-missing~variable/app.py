from flask import Flask, request

app = Flask(__name__)
FIELD = "user_name"


@app.post("/login")
def login():
    return "checking " + request.form[FIELD]
