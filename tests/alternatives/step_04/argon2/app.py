"""Argon2 instead of scrypt, a factory with a blueprint, and a new login after a change."""

from members import create_app

__all__ = ["create_app"]
