"""Replaced by the submissions; here there is none."""


def before():
    """Called before each request."""
