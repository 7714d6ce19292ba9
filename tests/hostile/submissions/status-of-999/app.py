"""A status that nobody knows."""

from flask import Flask

app = Flask(__name__)


def answer(environ, start_response):
    start_response("999 Whatever", [])
    return [b"page"]


app.wsgi_app = answer
