"""The time that a visitor, the browser and the app believe in."""

from __future__ import annotations

import time


class Clock:
    """Real time until somebody travels, then a pretended time that runs only while an app answers.

    Standing still in between keeps a run repeatable. An app's own clock runs while it answers, so
    this one has to as well: it would be behind what the app has written into its cookies.
    """

    now: float | None
    """Seconds since 1970, UTC; None means real time."""

    def __init__(self, now: float | None = None) -> None:
        self.now = now

    def __call__(self) -> float:
        """The time to go by, in seconds since 1970, UTC."""
        return time.time() if self.now is None else self.now

    def run(self, seconds: float) -> None:
        """Let the time pass that an answer took; real time passes by itself."""
        if self.now is not None:
            self.now += seconds

    def travel(self, seconds: float) -> None:
        """Move the pretended time; a negative number goes back."""
        self.now = self() + seconds
