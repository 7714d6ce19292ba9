# TODO 2 (lesson: Check what was typed): say what the app does, import what it needs.
"""A login page on MySQL: one table of accounts, one form, one session cookie."""

import hmac
import os

from flask import Flask, redirect, render_template, request, session, url_for
from flask_mysqldb import MySQL
from MySQLdb import OperationalError

# End of TODO 2.

app = Flask(__name__)
app.config.update(
    # No default here: without a key of its own the app must not start.
    SECRET_KEY=os.environ["SECRET_KEY"],
    # A form that another site sends comes without the cookie. Step 07 adds tokens to be sure.
    SESSION_COOKIE_SAMESITE="Lax",
    # Nobody needs more than 64 KiB to log in; a larger request gets a 413 page.
    MAX_CONTENT_LENGTH=64 * 1024,
    MYSQL_HOST=os.environ.get("MYSQL_HOST", "localhost"),
    MYSQL_PORT=int(os.environ.get("MYSQL_PORT", "3306")),
    MYSQL_UNIX_SOCKET=os.environ.get("MYSQL_UNIX_SOCKET"),
    MYSQL_USER=os.environ.get("MYSQL_USER"),
    MYSQL_PASSWORD=os.environ.get("MYSQL_PASSWORD"),
    MYSQL_DB=os.environ.get("MYSQL_DB", "pythonlogin"),
    # The extension's default, "utf8", has no emoji: typing one would be a server error.
    MYSQL_CHARSET="utf8mb4",
    MYSQL_CURSORCLASS="DictCursor",
)
# TODO 3 (lesson: Check what was typed): say what is wrong with a registration.
mysql = MySQL(app)


# TODO 4 (lesson: Store the account): store it, or tell that its name is taken.


# TODO 7 (lesson: Log in by e-mail or username): look at both columns.
def find_account(username):
    """Return the account with this username as a dictionary, or None."""
    cursor = mysql.connection.cursor()
    # The driver quotes the value, so that whatever was typed stays one piece of text.
    cursor.execute(
        "SELECT id, username, password FROM accounts WHERE username = %s",
        (username,),
    )
    return cursor.fetchone()


def is_password_of(account, password):
    """Tell whether the password is exactly the one stored with the account."""
    # Compared here and not in SQL, where "secret" = "SECRET". Step 04 replaces the plain text.
    return hmac.compare_digest(account["password"].encode(), password.encode())


# TODO 5 (lesson: The session holds an id): begin a session, and tell whose it is.


# TODO 6 (lesson: The registration page): show the form, and make an account on POST.


# TODO 8 (lesson: Log in by e-mail or username): call the functions that are there now.
@app.route("/login", methods=["GET", "POST"])
def login():
    """Show the form; on POST, check what was typed and remember who logged in."""
    error = None
    username = request.form.get("username", "")

    if request.method == "POST":
        password = request.form.get("password", "")
        account = find_account(username)

        if account is not None and is_password_of(account, password):
            # Start afresh: nothing from before the login may stay in the session.
            session.clear()
            session["account_id"] = account["id"]
            session["username"] = account["username"]
            return redirect(url_for("home"))

        # One message for both cases: a stranger must not learn which names exist.
        error = "Wrong username or password."

    return render_template("login.html", error=error, username=username)


# End of TODO 8.


# By POST alone: a link would log people out whenever a browser or another page fetches it.
# TODO 10 (lesson: Log out): end the session.


# TODO 11 (lesson: The dashboard): lead on to the dashboard, and guard it.
@app.route("/")
def home():
    """Greet the account by name; lead everybody else to the login form."""
    if "username" not in session:
        return redirect(url_for("login"))

    return render_template("home.html", username=session["username"])


# End of TODO 11.


# TODO 12 (lesson: Nothing stays in the browser): forbid browsers to store pages.


@app.errorhandler(OperationalError)
def database_unavailable(error):
    """Say that the database cannot be used; the reason goes to the log, not to the page."""
    app.logger.error("The database cannot be used.", exc_info=error)
    return render_template("unavailable.html"), 503
