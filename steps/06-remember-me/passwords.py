"""Passwords: kept as hashes, which can be checked but not turned back."""

import hmac
import os
import re

from werkzeug.security import check_password_hash, generate_password_hash

# How much work one guess is: 32 MiB, three times over. OWASP asks for no less; Werkzeug's default
# is once. A hash begins with the method it was made by, so you may raise this at any time: the
# old ones stay good, and each is renewed at the next login of its account.
METHOD = os.environ.get("PASSWORD_METHOD", "scrypt:32768:8:3")
# What Werkzeug makes: method$salt$hash.
HASH = re.compile(r"[a-z0-9:]+\$[A-Za-z0-9]+\$[0-9a-f]{32,}")


def hash_password(password):
    """Return what to store in place of the password; it differs every time, by its salt."""
    return generate_password_hash(password, METHOD)


def is_password_of(account, password):
    """Tell whether the password is the account's; account may be None."""
    if account is not None and HASH.fullmatch(account.password):
        try:
            return check_password_hash(account.password, password)
        except ValueError:
            # A method that Werkzeug has given up, as in "sha256$salt$…". Nobody gets in with it.
            return False

    # There is no hash to check. Take as long as if there were: the time of an answer must not
    # tell which accounts exist.
    hash_password(password)
    if account is None:
        return False
    # An account of step 03 that has not logged in since still has its password as plain text.
    return hmac.compare_digest(account.password.encode(), password.encode())


def renew_hash(account, password):
    """Store the right password as a hash of today's method, if it is not one already."""
    if not account.password.startswith(f"{METHOD}$"):
        account.password = hash_password(password)
