"""The checker of the Flask Login Workshop: it grades a Flask app that it does not trust.

This file and `__main__.py` meet whatever Python the reader has: both must parse on Python 3.6.
"""

__version__ = "0.1.0"
