"""SQLAlchemy without Flask-SQLAlchemy and without models: tables, statements, one connection each.

Names are compared by an index on lower(…). The pages are in German.
"""

from konto import create_app

app = create_app()
