"""The catalogue of checks: what each asks, what it is worth, its hints, and what it catches."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from checker import mistakes
from checker.course import AskedCheck, Step, checks_of
from checker.lessons.blocks import anchor, sections
from checker.mistakes import Mistake
from checker.website import markdown

_DATABASES = {"sqlite": "SQLite", "mariadb": "MariaDB"}


def pages(course: list[Step]) -> dict[str, str]:
    """Return the pages of all steps' checks, and their index: path below ``docs`` to text."""
    made = {"checks/index.md": _index(course)}
    for step in course:
        made[f"checks/{step.name}.md"] = _page(step, course)
    return made


def link(asked: AskedCheck, folder: str = "") -> str:
    """Return a link to a check on the page of the step that brought it.

    :param folder: how to get to the checks' pages from the page with the link.
    """
    return f"[{asked.check.title}]({folder}{asked.since.name}.md#{asked.check.id})"


def _index(course: list[Step]) -> str:
    rows = []
    for step in course:
        asked = checks_of(step, course)
        new = [each for each in asked if each.since is step]
        rows.append(
            f"| [{step.number} {step.title}]({step.name}.md) | {len(new)} new, "
            f"{len(asked) - len(new)} kept | {_named(step.databases)} | "
            f"[{len(mistakes.load(step.number))}](../mistakes/{step.name}.md) |"
        )
    return "\n".join(
        [
            markdown.head("Checks", "steps/*/step.toml and checker/suites") + "# The checks",
            "",
            "A check asks one question of your app, and its answer is worth points; those of a "
            "step add up to 100. The checker opens your pages as a browser does, fills in the "
            "forms it finds, and looks into the database. How your code is written, and how your "
            "pages look, is up to you.",
            "",
            "| step | checks | asked on | mistakes |",
            "|---|---|---|---|",
            *rows,
            "",
            "A check can *need* others: it is asked when those have passed, and else it is "
            "*blocked*. A check that says “this must not be possible” needs the one that says “and "
            "this must”, or an app that refuses everything would pass.",
            "",
            "Every check has three hints, from a nudge to almost the answer. "
            "`python3 -m checker hint` tells you the next one for the check that failed first; "
            "here they are folded.",
            "",
        ]
    )


def _page(step: Step, course: list[Step]) -> str:
    asked = checks_of(step, course)
    known = {each.check.id: each for each in asked}
    caught: dict[str, list[Mistake]] = {}
    for mistake in mistakes.load(step.number):
        caught.setdefault(mistake.killed_by, []).append(mistake)
    new = [each for each in asked if each.since is step]
    kept = sorted(
        (each for each in asked if each.since is not step), key=lambda each: each.since.number
    )
    parts = [
        markdown.head(
            f"{step.number} {step.title}",
            f"steps/{step.name}/step.toml and checker/suites/{step.suite.name}",
        )
        + f"# The checks of step {step.number}",
        f"Step {step.number}, [{step.title}](../lessons/{step.name}.md), has "
        + (f"{len(new)} new checks and keeps {len(kept)}" if kept else f"{len(new)} checks")
        + f". They are asked on {_named(step.databases)}, and tried on "
        f"[common mistakes](../mistakes/{step.name}.md).",
        "```sh\n" + f"python3 -m checker check {step.number}\n" + "```",
        "## New in this step" if kept else "## All of them",
        *(_entry(each, step, known, caught.get(each.check.id, [])) for each in new),
    ]
    if kept:
        parts += ["## Kept from earlier steps", _kept(kept, step, caught)]
    if step.replaced:
        parts += ["## No longer asked", _replaced(step, course)]
    return "\n\n".join(parts) + "\n"


def _entry(
    asked: AskedCheck, step: Step, known: dict[str, AskedCheck], caught: Sequence[Mistake]
) -> str:
    check = asked.check
    facts = [f"**{_count(asked.points, 'point')}** · `{check.id}`"]
    if check.databases and check.databases != step.databases:
        facts.append(f"asked on {_named(check.databases)} only")
    elif check.either and len(step.databases) > 1:
        facts.append("asked on one of the databases")
    if step.databases_by == check.id:
        facts.append("decides where the kept checks are asked")
    lines = [f"### {check.title} {{ #{check.id} }}", " · ".join(facts)]
    about = [f"- Lesson: [{_section(asked)}](../lessons/{step.name}.md#{check.lesson})"]
    needs = [known[name] for name in check.needs if name in known]
    if needs:
        about.append(
            "- Needs: " + ", ".join(f"[`{each.check.id}`]({_place(each, step)})" for each in needs)
        )
    if caught:
        about.append(f"- Catches: {_linked(caught, step)}")
    hints = "\n".join(f"{number}. {hint}" for number, hint in enumerate(check.hints, start=1))
    return "\n\n".join(
        [
            *lines,
            "\n".join(about),
            f'<details class="hints" markdown="1"><summary>Three hints</summary>\n\n{hints}\n\n'
            "</details>",
        ]
    )


def _kept(kept: Sequence[AskedCheck], step: Step, caught: Mapping[str, list[Mistake]]) -> str:
    """Return the checks of earlier steps, each with what it catches in this one."""
    parts = []
    for since, those in itertools.groupby(kept, key=lambda each: each.since):
        parts.append(f"**From step {since.number}**")
        lines = []
        for each in those:
            line = f"- {link(each)} · {_count(each.points, 'point')}"
            if here := caught.get(each.check.id):
                line += f" · catches: {_linked(here, step)}"
            lines.append(line)
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _replaced(step: Step, course: Sequence[Step]) -> str:
    brought = {check.id: one for one in course for check in one.new_checks}
    titles = {check.id: check.title for one in course for check in one.new_checks}
    rows = []
    for name, by in step.replaced.items():
        successor, colon, why = by.partition(": ")
        instead = (
            f"[{titles[successor]}]({brought[successor].name}.md#{successor})"
            if successor in titles
            else successor
        )
        rows.append(
            f"- [{titles[name]}]({brought[name].name}.md#{name}) Instead: {instead}"
            + (f" ({why})" if colon else "")
        )
    return "\n".join(rows)


def _linked(those: Sequence[Mistake], step: Step) -> str:
    """Return links to mistakes of a step."""
    page = f"../mistakes/{step.name}.md"
    return "; ".join(f"[{markdown.plain(one.title)}]({page}#{one.id})" for one in those)


def _place(asked: AskedCheck, step: Step) -> str:
    page = "" if asked.since is step else f"{asked.since.name}.md"
    return f"{page}#{asked.check.id}"


def _section(asked: AskedCheck) -> str:
    """Return the heading of the lesson's section that a check belongs to."""
    path = asked.since.folder / "README.md"
    lesson = path.read_text(encoding="utf-8")
    found = {anchor(heading): heading for heading in sections(lesson)}
    return found.get(asked.check.lesson, asked.check.lesson)


def _named(databases: Sequence[str]) -> str:
    return " and ".join(_DATABASES.get(name, name) for name in databases)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
