"""Each redirect leads to a longer one."""

from flask import Flask, redirect

app = Flask(__name__)


@app.get("/login")
@app.get("/login/<path:more>")
def login(more=""):
    return redirect("/login/" + more + "x" * 500)
