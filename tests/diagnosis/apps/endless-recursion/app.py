from flask import Flask, redirect

app = Flask(__name__)


@app.get("/redirect")
def redirect(address="/login"):
    return redirect(address)
