"""The key that the checker hands over is not used."""

from flask import current_app


def before():
    current_app.secret_key = "one-of-my-own-" * 3
