"""A story for somebody who sits before a terminal, and as one JSON object.

Everything that may come from the app passes :func:`~checker.reports.printable.printable` and is
never read as markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from checker.attacks.attack import Attack
from checker.attacks.story import Scene, Story
from checker.course import Step
from checker.reports.printable import printable

SCHEMA = 1
_LONGEST, _MOST_LINES = 400, 12
_DATABASES = {"sqlite": "SQLite", "mariadb": "MariaDB"}


def show_all(attacks: Sequence[Attack], course: list[Step], console: Console) -> None:
    """Print the list of attacks, what falls to each and what does not."""
    table = Table.grid(padding=(0, 2))
    for attack in attacks:
        table.add_row(Text(attack.name, style="bold"), Text(attack.title))
        sides = f"works on {attack.works_on}, fails on {_named(attack.fails_on.step, course)}"
        table.add_row("", Text(sides, style="bright_black"))
    console.print(table)


def show(
    story: Story,
    attack: Attack,
    step: Step,
    course: list[Step],
    console: Console,
    *,
    name: str,
    database: str,
) -> None:
    """Print a story.

    :param name: what the app is called.
    :param database: the kind that it was played on.
    """
    console.print(Text(f"Attack {attack.name}: {attack.title}", style="bold"))
    against = f"against {printable(name, 80)}, step {step.number}, on {_DATABASES[database]}\n"
    console.print(Text(against, style="bright_black"))
    for number, scene in enumerate(story.scenes, start=1):
        console.print(Text(f"{number}  {printable(scene.done, _LONGEST)}", style="bold"))
        console.print(Padding(_table(scene), (0, 0, 1, 3)))
    if story.worked:
        console.print(Text("It worked. ", style="bold red") + Text(printable(story.why)))
    else:
        console.print(Text("It did not work. ", style="bold green") + Text(printable(story.why)))
    lesson = lesson_of(story, attack, step, course)
    if lesson:
        console.print(Text(f"Lesson: {lesson}", style="bright_black"))


def as_json(
    story: Story, attack: Attack, step: Step, course: list[Step], *, name: str, database: str
) -> dict[str, Any]:
    """Return what ``--json`` prints: the scenes, whether it worked, and why."""
    return {
        "schema": SCHEMA,
        "attack": attack.name,
        "title": attack.title,
        "step": step.name,
        "submission": name,
        "database": database,
        **asdict(story),
        "lesson": lesson_of(story, attack, step, course),
    }


def list_as_json(attacks: Sequence[Attack]) -> dict[str, Any]:
    """Return what ``--json`` prints when no attack is named."""
    return {
        "schema": SCHEMA,
        "attacks": [
            {
                "name": attack.name,
                "title": attack.title,
                "since": attack.since,
                "works_on": attack.works_on._asdict(),
                "fails_on": attack.fails_on._asdict(),
            }
            for attack in attacks
        ],
    }


def lesson_of(story: Story, attack: Attack, step: Step, course: list[Step]) -> str:
    """Return the lesson to read: the remedy's where the attack worked, else the app's own."""
    wanted = attack.fails_on.step if story.worked else min(attack.fails_on.step, step.number)
    found = next((each for each in course if each.number == wanted), None)
    return f"steps/{found.name}/README.md" if found else ""


def _table(scene: Scene) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=9, style="bright_black")
    table.add_column(ratio=1, overflow="fold")
    for label, lines in (("sent", scene.sent), ("came back", scene.came_back)):
        if lines:
            shown = [printable(line, _LONGEST) for line in lines[:_MOST_LINES]]
            if len(lines) > _MOST_LINES:
                shown.append("…")
            table.add_row(label, Text("\n".join(shown)))
    if scene.means:
        table.add_row("means", Text(printable(scene.means, _LONGEST)))
    return table


def _named(number: int, course: list[Step]) -> str:
    known = any(step.number == number for step in course)
    return f"the solution of step {number}" if known else f"step {number}, which is still to come"
