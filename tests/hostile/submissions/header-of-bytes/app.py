"""Headers that are no text."""

from flask import Flask

app = Flask(__name__)


def answer(environ, start_response):
    start_response("200 OK", [(b"X", 1)])
    return [b"page"]


app.wsgi_app = answer
