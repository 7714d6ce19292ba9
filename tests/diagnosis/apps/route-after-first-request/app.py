from flask import Flask

app = Flask(__name__)


@app.get("/")
def home():
    app.add_url_rule("/login", view_func=login)
    return "home"


def login():
    return "the form"
