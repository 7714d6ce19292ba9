from flask import Flask

app = Flask(__name__)


@app.get("/")
def home():
    visits = 3
    return "Visits: " + visits
