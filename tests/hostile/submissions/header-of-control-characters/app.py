"""A header that a terminal would obey."""

from flask import Flask

app = Flask(__name__)


def answer(environ, start_response):
    start_response("200 OK", [("X", "\x1b[2J")])
    return [b"page"]


app.wsgi_app = answer
