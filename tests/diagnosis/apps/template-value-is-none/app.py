from flask import Flask, render_template

app = Flask(__name__)


@app.get("/")
def home():
    account = None  # nobody is logged in
    return render_template("home.html", account=account)
