from datetime import datetime, timezone

from flask import Flask

app = Flask(__name__)


@app.get("/")
def home():
    last_visit = datetime(2026, 1, 2)
    if datetime.now(timezone.utc) - last_visit:
        return "welcome back"
    return "hello"
