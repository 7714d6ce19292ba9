"""The site's pages that are made from what the project has anyway: lessons, notebooks, checks.

Made pages are committed under ``docs/``, so that any engine can build the site without us.
``python3 -m checker docs --write`` makes them anew; a test says when that was forgotten.
"""
