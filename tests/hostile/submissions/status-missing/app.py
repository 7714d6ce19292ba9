"""No status at all."""

from flask import Flask

app = Flask(__name__)


def answer(environ, start_response):
    return [b"page"]


app.wsgi_app = answer
