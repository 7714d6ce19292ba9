"""The apps that the attacks are played against in these tests."""

from __future__ import annotations

from pathlib import Path

from checker import mistakes
from checker.apps.submission import Submission
from checker.attacks import ATTACKS, Attack, Target
from checker.attacks.playing import target_app
from checker.course import Step, steps
from checker.mistakes import Mistake

COURSE = steps()
VARIANTS = {
    variant.id: variant
    for variant in mistakes.parse(
        Path(__file__).with_name("variants.toml").read_text(encoding="utf-8"), "variants.toml"
    )
}
#: The remedy of step 7, until there is one.
TOKENS = VARIANTS.pop("tokens")


def attack(name: str) -> Attack:
    (found,) = (each for each in ATTACKS if each.name == name)
    return found


def app_of(target: Target) -> tuple[Submission, Step]:
    """Return the app that an attack names; a variant of the last step's where Part II has it."""
    if target.step > len(COURSE):
        return varied(TOKENS)
    return target_app(target, COURSE)


def varied(variant: Mistake) -> tuple[Submission, Step]:
    """Return a solution with the variant's edits, and its step."""
    submission, step = target_app(Target(int(variant.source)), COURSE)
    texts = {name: content.decode() for name, content in submission.files.items()}
    changed = mistakes.apply(variant, texts)
    return Submission({name: text.encode() for name, text in changed.items()}), step
