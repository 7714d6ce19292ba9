"""What an attack is: whom it works on, whom it fails on, and the play that shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from checker.apps.submission import Submission
from checker.attacks.story import Story
from checker.suites.trial import Trial


class Target(NamedTuple):
    """An app of ours: a step's solution, or a catalogued mistake made in it."""

    step: int
    mistake: str = ""

    def __str__(self) -> str:
        if self.mistake:
            return f"the naive app of lesson {self.step}"
        return f"the solution of step {self.step}"


def unchanged(submission: Submission) -> Submission:
    """Return the app as it is: most attacks need nothing else."""
    return submission


@dataclass(frozen=True)
class Attack:
    """One attack, judged by what it brings about and never by what was typed.

    :ivar name: what the command line calls it.
    :ivar title: what the attacker does, in a few words.
    :ivar since: the first step whose app has what the attack needs.
    :ivar works_on: an app that falls to it.
    :ivar fails_on: an app that does not; a step of Part II where only that has the remedy.
    :ivar play: plays it in a trial and tells what happened.
    :ivar prepare: changes the app first, where the attack is about what happens to it later.
    """

    name: str
    title: str
    since: int
    works_on: Target
    fails_on: Target
    play: Callable[[Trial], Story]
    prepare: Callable[[Submission], Submission] = unchanged


class Unplayable(Exception):
    """The app lacks what the attack needs; the text is a sentence that says what."""
