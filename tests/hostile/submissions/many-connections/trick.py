"""All the connections that the server takes, at import."""

from database import connect


kept = []


def before():
    if not kept:
        while True:
            try:
                kept.append(connect())
            except Exception:
                break
