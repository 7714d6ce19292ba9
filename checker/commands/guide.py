"""Finding one's way: where am I, what is this step, what is the next hint, what comes next."""

from __future__ import annotations

import argparse

from rich.table import Table
from rich.text import Text

from checker.commands.files import carry
from checker.commands.workshop import PASSED, Misuse, Workshop, shown
from checker.course import Step, checks_of
from checker.progress import key


def overview(_options: argparse.Namespace) -> int:
    """Show the steps, what passed, and what to do next."""
    workshop = Workshop.open()
    console, current = workshop.console, workshop.current
    table = Table.grid(padding=(0, 2))
    for step in workshop.course:
        best = workshop.progress.best(step)
        done = workshop.progress.done(step)
        mark = Text("✓", "green") if done else Text("▸" if step == current else " ", "bold")
        reached = "not checked yet" if best is None else f"best so far: {best} of 100"
        table.add_row(mark, str(step.number), step.title, Text(reached, style="bright_black"))
    console.print("The Flask Login Workshop\n", style="bold")
    console.print(table)
    console.print()
    if workshop.progress.best(current) is None:
        console.print(f"Begin:  python3 -m checker start {current.number}")
    else:
        failure = workshop.progress.first_failure(current)
        if failure:
            console.print(f"To mend: {failure}   python3 -m checker hint {failure}")
        console.print(f"Check:   python3 -m checker check {current.number}")
    if workshop.progress.done(current):
        console.print("Go on:   python3 -m checker next")
    console.print("All commands: python3 -m checker --help", style="bright_black")
    return PASSED


def start(options: argparse.Namespace) -> int:
    """Make a step the current one and say what there is to do."""
    workshop = Workshop.open()
    _begin(workshop, workshop.step(options.step))
    return PASSED


def hint(options: argparse.Namespace) -> int:
    """Show the next hint for a check."""
    workshop = Workshop.open()
    step = workshop.current
    name = options.check or workshop.progress.first_failure(step)
    if name is None:
        raise Misuse(
            f"No check of step {step.number} has failed yet. Run `python3 -m checker check "
            f"{step.number}` first, or name a check: `python3 -m checker hint login-form`."
        )
    for each in (step, *workshop.course):
        for asked in checks_of(each, workshop.course):
            if asked.check.id == name:
                number = workshop.progress.next_hint(asked.since, name)
                workshop.progress.save()
                console = workshop.console
                console.print(Text(asked.check.title, style="bold"))
                console.print(Text(f"Hint {number + 1} of 3: {asked.check.hints[number]}"))
                if mistake := workshop.progress.mistake(step, name):
                    console.print(Text(f"It looks like this: {mistake}"))
                where = f"steps/{asked.since.name}/README.md#{asked.check.lesson}"
                console.print(Text(f"Lesson: {where}", style="bright_black"))
                return PASSED
    known = ", ".join(asked.check.id for asked in checks_of(step, workshop.course))
    raise Misuse(f"There is no check {name!r}. The checks of step {step.number} are: {known}.")


def go_on(options: argparse.Namespace) -> int:
    """Go to the next step, with one's own code if wanted."""
    workshop = Workshop.open()
    step = workshop.current
    later = [other for other in workshop.course if other.number == step.number + 1]
    if not workshop.progress.done(step) and not options.anyway:
        raise Misuse(
            f"Step {step.number} has not passed yet: `python3 -m checker check {step.number}`. "
            "To go on all the same: `python3 -m checker next --anyway`."
        )
    if not later:
        workshop.console.print(f"Step {step.number} is the last one so far. Well done.")
        return PASSED
    if options.carry:
        copy = carry(step, later[0])
        workshop.console.print(
            f"Your code of step {step.number} is now in {shown(later[0].folder)}; what was there "
            f"is kept in {shown(copy)}."
        )
    _begin(workshop, later[0])
    return PASSED


def _begin(workshop: Workshop, step: Step) -> None:
    workshop.progress.current = key(step)
    workshop.progress.save()
    console, last = workshop.console, workshop.course[-1].number
    title = f"Step {step.number} of {last} · {step.title}"
    console.print(Text.assemble((title, "bold"), f"  about {step.minutes} minutes\n"))
    console.print("You will be able to:")
    for objective in step.objectives:
        console.print(Text(f"  – {objective}"))
    console.print()
    for what, where in (
        ("Read", shown(step.folder / "README.md")),
        ("Edit", shown(step.folder / "app.py")),
        ("Try it", f"python3 -m checker run {step.number}"),
        (
            "Check it",
            f"python3 -m checker check {step.number}   (or watch {step.number}: after every save)",
        ),
    ):
        console.print(Text.assemble((f"{what:<9}", "bright_black"), where))
