"""A status without a number."""

from flask import Flask

app = Flask(__name__)


def answer(environ, start_response):
    start_response("All checks passed", [])
    return [b"page"]


app.wsgi_app = answer
