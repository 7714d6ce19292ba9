"""Found by its file name and create_app, as `flask run` does it."""

from accounts import create_app  # noqa: F401
