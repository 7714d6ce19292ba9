"""What lesson 4 shows: a hash, and that nothing but password and salt goes into it."""

import hashlib

from werkzeug.security import check_password_hash

PASSWORD = "sunshine2024"
SALT = "kJ3vPq81XtYw0ZbA"
N, R, P = 32768, 8, 3


def digits() -> str:
    """Return the digits of Werkzeug's hash, made without Werkzeug and without any key."""
    made = hashlib.scrypt(
        PASSWORD.encode(), salt=SALT.encode(), n=N, r=R, p=P, maxmem=132 * N * R * P
    )
    return made.hex()


def stored() -> str:
    """Return the hash as it stands in the table, and make sure that Werkzeug agrees."""
    text = f"scrypt:{N}:{R}:{P}${SALT}${digits()}"
    assert check_password_hash(text, PASSWORD)
    return text


def first_digits() -> str:
    """Return the beginning of those digits."""
    return digits()[:32]
