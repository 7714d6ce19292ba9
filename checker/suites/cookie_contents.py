"""What can be read in a cookie by whoever has it, without any key."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterable
from urllib.parse import quote, unquote

from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, TimestampSigner

_MOST = 64 * 1024
_PARTS, _SIGNATURE = 3, 27


def readable_parts(value: str) -> list[str]:
    """Return the cookie's value, and what its parts say after undoing URL-quoting and base64.

    Flask's session is base64 text, compressed when it begins with a dot
    (:class:`itsdangerous.URLSafeTimedSerializer`).
    """
    texts = [value, unquote(value)]
    for part in value.strip('"').split("."):
        try:
            data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        except ValueError:
            continue
        texts.append(data.decode(errors="replace"))
        inflate = zlib.decompressobj()
        try:
            texts.append(inflate.decompress(data, _MOST).decode(errors="replace"))
        except zlib.error:
            continue
    return texts


def disguises_of(password: str) -> dict[str, str]:
    """Return forms in which a password may be kept, by how to say it after "the password"."""
    raw = password.encode()
    return {
        "": password,
        " (quoted for an address)": quote(password, safe=""),
        " backwards": password[::-1],
        " in base64": base64.b64encode(raw).decode().rstrip("="),
        " in base64 for addresses": base64.urlsafe_b64encode(raw).decode().rstrip("="),
        " in hexadecimal": raw.hex(),
        " as MD5": hashlib.md5(raw, usedforsecurity=False).hexdigest(),
        " as SHA-1": hashlib.sha1(raw, usedforsecurity=False).hexdigest(),
        " as SHA-256": hashlib.sha256(raw).hexdigest(),
    }


def looks_signed(value: str) -> bool:
    """Tell whether a cookie has the form of Flask's session: contents, time, signature.

    The signature is an HMAC-SHA1, 20 bytes, so 27 letters of base64.
    """
    parts = value.strip('"').lstrip(".").split(".")
    return len(parts) == _PARTS and len(parts[2]) == _SIGNATURE


def opened_by(value: str, keys: Iterable[str]) -> str | None:
    """Return the key that a Flask session cookie is signed with, if it is one of ``keys``."""
    flask = SecureCookieSessionInterface
    for key in keys:
        signer = TimestampSigner(
            key,
            salt=flask.salt,
            key_derivation=flask.key_derivation,
            digest_method=flask.digest_method,
        )
        try:
            signer.unsign(value)
        except BadSignature:
            continue
        return key
    return None
