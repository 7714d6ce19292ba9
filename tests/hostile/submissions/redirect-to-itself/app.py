"""A redirect that leads nowhere else."""

from flask import Flask, redirect

app = Flask(__name__)


@app.get("/login")
def login():
    return redirect("/login")
