"""Flask's session cookie, read and written by somebody who has the app's secret key.

The checker has it: it hands the key to the app. An app with sessions of its own kind, or with a key
of its own, has no cookie that these functions know.
"""

from __future__ import annotations

from typing import Any

from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadData, URLSafeTimedSerializer

from checker.visitor import Visitor


def session_cookie(visitor: Visitor, key: str) -> str | None:
    """Return the name of the cookie that is signed with this key, if the visitor has one."""
    return next(
        (each.name for each in visitor.cookies if contents(each.value, key) is not None), None
    )


def session_of(visitor: Visitor, key: str) -> dict[str, Any] | None:
    """Return what a visitor's session holds, ``None`` if there is none signed with this key."""
    found = (contents(each.value, key) for each in visitor.cookies)
    return next((each for each in found if each is not None), None)


def contents(value: str, key: str) -> dict[str, Any] | None:
    """Return what a cookie's value holds, ``None`` if it is not a session signed with this key."""
    try:
        found = _serializer(key).loads(value)
    except BadData:  # also what the app has signed, but Flask would not read
        return None
    return found if isinstance(found, dict) else None


def signed(session: dict[str, Any], key: str) -> str:
    """Return a cookie's value, just as Flask would write it."""
    value: str | bytes = _serializer(key).dumps(session)
    return value.decode() if isinstance(value, bytes) else value


def _serializer(key: str) -> URLSafeTimedSerializer:
    flask = SecureCookieSessionInterface
    return URLSafeTimedSerializer(
        key,
        salt=flask.salt,
        serializer=flask.serializer,
        signer_kwargs={
            "key_derivation": flask.key_derivation,
            "digest_method": flask.digest_method,
        },
    )
