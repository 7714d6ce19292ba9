from flask import Flask, request, session

app = Flask(__name__)
app.secret_key = "change me"


@app.post("/login")
def login():
    session["username"] = request.form["username"]
    session["history"] = [number**7 for number in range(1000)]
    return "Hello"
