from datetime import datetime

from flask import Flask, request

app = Flask(__name__)


@app.get("/")
def home():
    last_visit = datetime.fromisoformat(request.args.get("last_visit", ""))
    return "Last visit: " + last_visit.isoformat()
