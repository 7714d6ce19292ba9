"""What can keep a visitor from doing what was asked of them."""

from __future__ import annotations


class VisitError(Exception):
    """The app does not offer what a visitor needs. Both texts are for the app's author to read."""

    expected: str
    """What a visitor needs, as a noun phrase."""
    seen: str
    """What there was instead, as a noun phrase; it may quote the app, cleaned and shortened."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(f"expected {expected}; saw {seen}")
        self.expected = expected
        self.seen = seen


class NoForm(VisitError):
    """The page holds no form of the kind that was looked for."""


class NoLoginForm(NoForm):
    """The page holds nothing in which a name and a password can be typed and sent."""


class CannotSubmit(VisitError):
    """There is a form, but a person without developer tools cannot send it."""
