"""10,000 headers."""

from flask import Flask

app = Flask(__name__)


def answer(environ, start_response):
    start_response("200 OK", [("X", "y")] * 10_000)
    return [b"page"]


app.wsgi_app = answer
