from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    page = "the login form"
return page
