"""A header that holds another one."""

from flask import Flask

app = Flask(__name__)


def answer(environ, start_response):
    start_response("200 OK", [("X", "a\r\nSet-Cookie: session=forged")])
    return [b"page"]


app.wsgi_app = answer
