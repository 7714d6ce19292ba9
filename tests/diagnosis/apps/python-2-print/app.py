from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    print "someone logs in"
    return "the login form"
