"""What Pyodide's hashlib lacks, with the digests and the errors of CPython's."""

import hashlib

import page_javascript  # what worker.js gives
from pyodide.ffi import to_js

METHODS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
#: OpenSSL's, in bytes, for `maxmem=0`.
MAXMEM = 32 * 1024 * 1024


def install():
    """Put both functions where programs look for them."""
    hashlib.scrypt = scrypt
    hashlib.pbkdf2_hmac = pbkdf2_hmac


def scrypt(password, *, salt, n, r, p, maxmem=0, dklen=64):
    """Return the scrypt hash of a password, as ``hashlib.scrypt`` of CPython does."""
    if n < 2 or n & (n - 1):
        raise ValueError("n must be a power of 2.")
    if not 1 <= dklen <= 2**31 - 1:
        raise ValueError(f"dklen must be greater than 0 and smaller than {2**31 - 1}")
    if not 0 <= maxmem <= 2**31 - 1:
        raise ValueError(f"maxmem must be positive and smaller than {2**31 - 1}")
    if r < 1 or p < 1 or 128 * r * p + 128 * r * (n + 2) > (maxmem or MAXMEM):
        raise ValueError("[digital envelope routines] memory limit exceeded")
    password, salt = _bytes(password), _bytes(salt)
    return page_javascript.scrypt(to_js(password), to_js(salt), n, r, p, dklen).to_bytes()


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    """Return the PBKDF2 hash of a password, as ``hashlib.pbkdf2_hmac`` of CPython does."""
    method = hash_name.lower().replace("-", "")
    if method not in METHODS:
        raise ValueError(f"unsupported hash type {hash_name}")
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    if dklen is None:
        dklen = hashlib.new(method).digest_size
    if dklen < 1:
        raise ValueError("key length must be greater than 0.")
    password, salt = to_js(_bytes(password)), to_js(_bytes(salt))
    return page_javascript.pbkdf2(method, password, salt, iterations, dklen).to_bytes()


def _bytes(value):
    if isinstance(value, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    return bytes(memoryview(value))
