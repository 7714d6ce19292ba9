"""One header of a megabyte."""

from flask import Flask

app = Flask(__name__)


def answer(environ, start_response):
    start_response("200 OK", [("X", "y" * 1_000_000)])
    return [b"page"]


app.wsgi_app = answer
