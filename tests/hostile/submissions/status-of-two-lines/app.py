"""A status that holds a header."""

from flask import Flask

app = Flask(__name__)


def answer(environ, start_response):
    start_response("200 OK\r\nX: y", [])
    return [b"page"]


app.wsgi_app = answer
