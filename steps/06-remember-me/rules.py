"""What the parts of an account must look like."""

import re

# Plain letters: many others look the same to people, or are the same to SQL. And no @, so that
# nobody's username is somebody else's e-mail address.
USERNAME = re.compile(r"[A-Za-z0-9_.-]{1,50}")
# What browsers accept in <input type="email">.
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


def problems_with_names(username, email):
    """Return what is wrong with the names of a new account, as messages for the visitor."""
    problems = []
    if not USERNAME.fullmatch(username):
        problems.append("A username has 1 to 50 letters, digits, dots, hyphens or underscores.")
    if len(email) > 254 or not EMAIL.fullmatch(email):
        problems.append("Please enter an e-mail address like ada@example.com.")
    return problems


def problems_with_password(password, confirmation):
    """Return what is wrong with a new password, as messages for the visitor."""
    problems = []
    # Of any kind: length makes a password strong, rules about digits and signs do not.
    if not 8 <= len(password) <= 128:
        problems.append("A password has 8 to 128 characters.")
    if password != confirmation:
        problems.append("The two passwords are not the same.")
    return problems
