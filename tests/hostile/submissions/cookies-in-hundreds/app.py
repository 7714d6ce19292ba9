"""Hundreds of large cookies at every answer."""

from flask import Flask, redirect, request

app = Flask(__name__)


@app.get("/login")
def login():
    start = int(request.args.get("n", 0))
    response = redirect(f"/login?n={start + 12}")
    for number in range(start, start + 12):
        response.headers.add("Set-Cookie", f"c{number}={'x' * 3900}")
    return response
