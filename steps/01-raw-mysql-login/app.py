"""A login page on MySQL: one table of accounts, one form, one session cookie."""

# TODO 1 (lesson: Settings from the environment): import what the app needs.
from flask import Flask, render_template

# TODO 2 (lesson: Settings from the environment): read the settings, connect to MySQL.
app = Flask(__name__)


# TODO 3 (lesson: Find the account): look one account up, and compare its password.


# TODO 5 (lesson: Log in): on POST, check what was typed and remember who logged in.
@app.route("/login")
def login():
    """Show the login page."""
    return render_template("login.html")


# TODO 6 (lesson: The home page): lead everybody who is not logged in to the form.
@app.route("/")
def home():
    """Show the home page."""
    return render_template("home.html")


# TODO 8 (lesson: When the database is down): answer with a plain page.
