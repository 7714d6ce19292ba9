"""The app's settings. Secrets, and what differs between machines, come from the environment."""

import os
from datetime import timedelta

# No default here: without a key of its own the app must not start.
SECRET_KEY = os.environ["SECRET_KEY"]

# Nobody needs more than 64 KiB to log in; a larger request gets a 413 page.
MAX_CONTENT_LENGTH = 64 * 1024

# A file in the instance folder, or for example mysql+mysqldb://user:password@localhost/name.
SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", "sqlite:///pythonlogin.db")
# Connections are kept and used again. Ask first whether the server has closed one.
SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True}

# Set this to 1 where the site has HTTPS. Without it browsers drop secure cookies, except those
# of localhost.
SECURE_COOKIES = os.environ.get("SECURE_COOKIES") == "1"

# A form that another site sends comes without the cookie. Step 07 adds tokens to be sure.
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE_COOKIES
# How long the server takes a session for good, even if the browser never closes. Whoever copies
# the cookie has as long; Flask's default is 31 days.
PERMANENT_SESSION_LIFETIME = timedelta(hours=8)

# Flask-Login's default is a year.
REMEMBER_COOKIE_DURATION = timedelta(days=30)
REMEMBER_COOKIE_SAMESITE = "Lax"
REMEMBER_COOKIE_SECURE = SECURE_COOKIES

LAST_VISIT_LIFETIME = timedelta(days=int(os.environ.get("LAST_VISIT_DAYS", "30")))
