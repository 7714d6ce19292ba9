"""A body that is no bytes."""

from flask import Flask

app = Flask(__name__)


def answer(environ, start_response):
    start_response("200 OK", [])
    return ["page"]


app.wsgi_app = answer
