"""The package bcrypt for pages, as far as the notebooks use it: it has no build for them."""

import hmac
import re
import secrets

import page_javascript  # what worker.js gives
from pyodide.ffi import to_js

LONGEST = 72  # bytes; the algorithm reads no more
_SALT = re.compile(rb"(\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{22}).*", re.DOTALL)


def gensalt(rounds=12, prefix=b"2b"):
    """Return a new salt with its cost: two to the power of `rounds`."""
    if prefix not in (b"2a", b"2b"):
        raise ValueError("Supported prefixes are b'2a' or b'2b'")
    if not 4 <= rounds <= 31:
        raise ValueError("Invalid rounds")
    salt = page_javascript.bcryptBase64(to_js(secrets.token_bytes(16)))
    return b"$%b$%02d$%b" % (prefix, rounds, salt.encode())


def hashpw(password, salt):
    """Return the hash of a password, or of another try when the salt is a stored hash."""
    if not isinstance(password, bytes) or not isinstance(salt, bytes):
        raise TypeError("Strings must be encoded before hashing")
    if len(password) > LONGEST:
        raise ValueError(
            "password cannot be longer than 72 bytes, truncate manually if necessary (e.g. "
            "my_password[:72])"
        )
    known = _SALT.fullmatch(salt)
    if not known:
        raise ValueError("Invalid salt")
    try:
        typed = password.decode()
    except UnicodeDecodeError:
        raise NotImplementedError("in a page, bcrypt takes only passwords that are UTF-8") from None
    return page_javascript.bcrypt(typed, known[1].decode()).encode()


def checkpw(password, hashed_password):
    """Tell whether a hash was made from a password."""
    return hmac.compare_digest(hashpw(password, hashed_password), hashed_password)
