"""No body, not even an empty one."""

from flask import Flask

app = Flask(__name__)


def answer(environ, start_response):
    start_response("200 OK", [])
    return None


app.wsgi_app = answer
