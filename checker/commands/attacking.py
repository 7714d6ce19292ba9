"""``attack``: plays one against an app and tells what happened."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from checker.apps.submission import Submission
from checker.attacks import ATTACKS, Attack, Unplayable
from checker.attacks.playing import play, target_app
from checker.attacks.telling import as_json, list_as_json, show, show_all
from checker.commands.workshop import PASSED, Misuse, Workshop, shown
from checker.course import Step


def attack(options: argparse.Namespace) -> int:
    """List the attacks, or play one; whether it works makes no difference to the exit code."""
    workshop = Workshop.open(for_program=options.json)
    if options.name is None:
        return _list(workshop, for_program=options.json)
    chosen = _named(options.name)
    with workshop.bench() as bench:
        submission, step, name = _app(options, workshop, chosen)
        database = step.databases[0]
        try:
            story = play(chosen, submission, step, bench, database=database)
        except Unplayable as error:
            remedy = "" if options.weak else _remedy(chosen, step)
            raise Misuse(f"{error} {remedy}".rstrip()) from None
    if options.json:
        told = as_json(story, chosen, step, workshop.course, name=name, database=database)
        print(json.dumps(told, ensure_ascii=True))
    else:
        show(story, chosen, step, workshop.course, workshop.console, name=name, database=database)
        if not options.weak and not story.worked:
            workshop.console.print(
                f"See it work: python3 -m checker attack {chosen.name} --weak",
                style="bright_black",
            )
    return PASSED


def _list(workshop: Workshop, *, for_program: bool) -> int:
    if for_program:
        print(json.dumps(list_as_json(ATTACKS), ensure_ascii=True))
        return PASSED
    console = workshop.console
    console.print("Attacks, each against an app of its own that is thrown away\n", style="bold")
    show_all(ATTACKS, workshop.course, console)
    console.print("\nAgainst your own app:    python3 -m checker attack sql-login")
    console.print("Against one that falls:  python3 -m checker attack sql-login --weak")
    return PASSED


def _named(name: str) -> Attack:
    for each in ATTACKS:
        if each.name == name:
            return each
    known = ", ".join(each.name for each in ATTACKS)
    raise Misuse(f"There is no attack {name!r}. The attacks are: {known}.")


def _app(
    options: argparse.Namespace, workshop: Workshop, chosen: Attack
) -> tuple[Submission, Step, str]:
    """Return the app to attack, its step, and what to call it."""
    if options.weak:
        try:
            submission, step = target_app(chosen.works_on, workshop.course)
        except Unplayable as error:
            raise Misuse(str(error)) from None
        return submission, step, str(chosen.works_on)
    step = workshop.step(options.step)
    folder = step.solution if options.solution else step.folder
    if options.path:
        folder = Path(options.path).resolve()
    submission = Submission.read(folder)
    submission.paths  # noqa: B018 - a checker.toml that cannot be used is told before anything runs
    return submission, step, shown(folder)


def _remedy(chosen: Attack, step: Step) -> str:
    if step.number < chosen.since:
        return f"See it work on ours: python3 -m checker attack {chosen.name} --weak"
    return f"`python3 -m checker check {step.number}` says what is missing."
