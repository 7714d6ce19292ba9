"""The catalogue of common mistakes: what each does to the solution, and which check notices."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checker import mistakes
from checker.course import AskedCheck, Step, checks_of
from checker.lessons.blocks import anchor
from checker.mistakes import Mistake
from checker.mistakes.kills import kills
from checker.website import changes, markdown
from checker.website.checks import link

_HEADING = re.compile(r"^# (?P<heading>.+)\n\n(?=\[\[mistake\]\])|^id = \"(?P<id>[^\"]+)\"", re.M)

#: Headings of the catalogues that are for whoever writes them, and what readers see instead.
FOR_READERS = {"What an audit found that no check saw": "Easily overlooked"}


@dataclass(frozen=True)
class Group:
    """Mistakes of one kind, under the heading that their catalogue gives them."""

    heading: str
    mistakes: tuple[Mistake, ...]


def pages(course: list[Step]) -> dict[str, str]:
    """Return the pages of all steps' mistakes, and their index: path below ``docs`` to text."""
    made = {"mistakes/index.md": _index(course)}
    for step in course:
        made[f"mistakes/{step.name}.md"] = _page(step, course)
    return made


def groups(step: Step) -> list[Group]:
    """Return a step's mistakes by the headings of its catalogue, in order."""
    path = mistakes.catalogue(step.number)
    known = {mistake.id: mistake for mistake in mistakes.load(step.number)}
    found: dict[str, list[Mistake]] = {}
    heading = "Mistakes"
    for line in _HEADING.finditer(path.read_text(encoding="utf-8") if known else ""):
        if line["heading"]:
            heading = FOR_READERS.get(line["heading"], line["heading"])
        elif line["id"] in known:
            found.setdefault(heading, []).append(known[line["id"]])
    return [Group(heading, tuple(those)) for heading, those in found.items()]


def _index(course: list[Step]) -> str:
    total = sum(len(mistakes.load(step.number)) for step in course)
    parts = [
        markdown.head("Common mistakes", "checker/mistakes") + "# Common mistakes",
        f"{total} ways in which the app of a step goes wrong. Each is a small change of our "
        "solution: you see the change, what it does to the app, and the check that notices it. "
        "The checker is tried on all of them, see [The checker, checked](../audit.md).",
        "Read them after your step passes, or when you do not see why it fails: the checker "
        "names the one that your app looks like.",
    ]
    for step in course:
        parts.append(f"## [{step.number} {step.title}]({step.name}.md)")
        parts.append(
            "\n".join(
                f"- [{group.heading}]({step.name}.md#{_anchor(group)}) ({len(group.mistakes)})"
                for group in groups(step)
            )
        )
    return "\n\n".join(parts) + "\n"


def _anchor(group: Group) -> str:
    return re.sub("-+", "-", anchor(group.heading))


def _page(step: Step, course: list[Step]) -> str:
    asked = {each.check.id: each for each in checks_of(step, course)}
    solution = changes.program(step.solution)
    parts = [
        markdown.head(
            f"{step.number} {step.title}", f"checker/mistakes/step_{step.number:02d}.toml"
        )
        + f"# Common mistakes in step {step.number}",
        f"[The lesson](../lessons/{step.name}.md) · [The checks](../checks/{step.name}.md)",
        "In each listing, lines that begin with `-` are our solution, and lines that begin with "
        "`+` are what the mistake makes of them.",
    ]
    for group in groups(step):
        parts.append(f"## {group.heading}")
        parts += [
            _entry(mistake, step, asked[mistake.killed_by], solution) for mistake in group.mistakes
        ]
    return "\n\n".join(parts) + "\n"


def _entry(mistake: Mistake, step: Step, asked: AskedCheck, solution: dict[str, str]) -> str:
    wrong = mistakes.apply(mistake, solution)
    seen = kills().get(f"{step.number}/{mistake.id}", "")
    parts = [
        f"### {markdown.plain(mistake.title)} {{ #{mistake.id} }}",
        markdown.plain(mistake.teaches),
        *(
            markdown.fenced(changes.diff(solution.get(name, ""), wrong[name]), "diff", title=name)
            for name in changes.changed(solution, wrong)
        ),
        f"- Noticed by: {link(asked, '../checks/')}"
        + (f"\n- It saw: {markdown.plain(seen)}" if seen else ""),
    ]
    return "\n\n".join(parts)
