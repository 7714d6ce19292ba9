"""The time that a visitor, the browser and the app believe in."""

from __future__ import annotations

import time


class Clock:
    """Real time until somebody travels, then a pretended time that stands still.

    Standing still keeps a run repeatable: everything between two journeys happens at once.
    """

    now: float | None
    """Seconds since 1970, UTC; None means real time."""

    def __init__(self, now: float | None = None) -> None:
        self.now = now

    def __call__(self) -> float:
        """The time to go by, in seconds since 1970, UTC."""
        return time.time() if self.now is None else self.now

    def travel(self, seconds: float) -> None:
        """Move the pretended time; a negative number goes back."""
        self.now = self() + seconds
