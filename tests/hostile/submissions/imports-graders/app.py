"""The tools of half a dozen platforms."""

from flask import Flask

app = Flask(__name__)
try:
    import check50
    import gradescope_utils
    import otter
    from checker.suites import check
except ImportError:
    pass
