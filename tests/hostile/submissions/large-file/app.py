"""A file of 5 GB."""

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    with open("large", "wb") as file:
        for _ in range(5000):
            file.write(bytes(1_000_000))
