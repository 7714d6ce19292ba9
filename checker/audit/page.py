"""The figures of the last audit: on record in ``figures.json``, and in two pages for people.

``docs/audit.md`` and ``README.md`` have places for them, between two comments::

    <!-- audit: figures -->
    …
    <!-- end of audit -->
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from checker import mistakes
from checker.audit import matrix
from checker.audit.explained import equivalents
from checker.audit.findings import Finding, Flakes, counts, kill_rate, told, total
from checker.audit.parts import PARTS
from checker.course import ROOT, Step, checks_of
from checker.mistakes import recording

FILE = Path(__file__).with_name("figures.json")
PAGES = (ROOT / "docs" / "audit.md", ROOT / "README.md")
_PLACE = re.compile(
    r"(?P<begin><!-- audit: (?P<name>[a-z-]+) -->\n).*?(?P<end><!-- end of audit -->)", re.DOTALL
)


def write(
    findings: Sequence[Finding], flakes: Flakes | None, steps: Sequence[Step], course: list[Step]
) -> None:
    """Put an audit's figures on record and into the pages; what was not tried stays as it was.

    :param steps: those that were tried.
    """
    figures = recorded()
    counted = counts(findings)
    for step in steps:
        known = figures["steps"].setdefault(str(step.number), {})
        for part, outcomes in counted.get(str(step.number), {}).items():
            known[part] = dict(sorted(outcomes.items()))
    if flakes is not None:
        figures["flakes"] = {
            "rounds": flakes.rounds,
            "compared": flakes.tried,
            "differing": len(flakes.differing),
        }
    FILE.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for step in steps:
        looks = {one.name: one.seen for one in findings if _of(one, "mutants", step) and one.seen}
        if looks.keys() == {mistake.id for mistake in mistakes.load(step.number)} != set():
            recording.record(step, looks)
    if found := matrix.of(findings):
        matrix.record(found)
    for path in PAGES:
        path.write_text(filled(path.read_text(encoding="utf-8"), course), encoding="utf-8")


def recorded() -> dict[str, Any]:
    """Return the figures on record."""
    if not FILE.exists():
        return {"steps": {}, "flakes": None}
    said: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return said


def filled(text: str, course: list[Step]) -> str:
    """Return a page's text with what is on record in its places."""
    made = {
        "figures": figures_table,
        "steps": steps_table,
        "explained": explained_list,
        "checks": checks_table,
    }
    return _PLACE.sub(
        lambda place: f"{place['begin']}{made[place['name']](course)}\n{place['end']}", text
    )


def figures_table(_course: list[Step]) -> str:
    """Return the figures of all steps together, as a Markdown table."""
    figures = recorded()
    summed = total(figures["steps"])
    lines = ["| what was tried | how many | what came of it |", "|---|--:|---|"]
    for name, part in PARTS.items():
        if name in summed and name != "matrix":
            outcomes = summed[name]
            lines.append(
                f"| {part.tried} | {sum(outcomes.values())} | {_outcomes(name, outcomes)} |"
            )
    if flakes := figures["flakes"]:
        lines.append(
            f"| the same again, {flakes['rounds']} rounds, idle and busy in turn | "
            f"{flakes['compared']} | {flakes['differing']} ended otherwise |"
        )
    return "\n".join(lines)


def steps_table(course: list[Step]) -> str:
    """Return the figures of each step: what was as it should be, of how many."""
    names = [part for part in PARTS if part != "matrix"]
    head = "| step | " + " | ".join(PARTS[part].tried for part in names) + " |"
    lines = [head, "|---|" + "--:|" * len(names)]
    for step in course:
        known = recorded()["steps"].get(str(step.number), {})
        cells = [_cell(part, known.get(part)) for part in names]
        lines.append(f"| {step.number} {step.title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def explained_list(_course: list[Step]) -> str:
    """Return the reasons for mutants that no check kills, each once, with the rules behind them."""
    rules: dict[str, dict[str, None]] = {}
    for each in equivalents():
        place = f" in `{each.scope}`" if each.scope not in ("", "*") else ""
        rules.setdefault(each.reason, {})[f"`{each.operator}`{place}"] = None
    return "\n".join(f"- {', '.join(names)}: {reason}" for reason, names in rules.items())


def checks_table(course: list[Step]) -> str:
    """Return what every check catches, of the steps that are in the matrix."""
    known = matrix.recorded()
    tried = {mistake.partition("/")[0] for mistake in known}
    steps = [step for step in course if str(step.number) in tried]
    checks = dict.fromkeys(each.check.id for step in steps for each in checks_of(step, course))
    lines = ["| check | fails at | no other check fails at |", "|---|--:|---|"]
    for each in matrix.worth(known, checks):
        alone = ", ".join(f"`{mistake}`" for mistake in each.alone) or "–"
        lines.append(f"| `{each.check}` | {len(each.kills)} | {alone} |")
    return "\n".join(lines)


def _of(finding: Finding, part: str, step: Step) -> bool:
    return finding.part == part and finding.step == step.number


def _outcomes(part: str, outcomes: Mapping[str, int]) -> str:
    rate = kill_rate(outcomes) if part == "security" else None
    return told(outcomes) if rate is None else f"{told(outcomes)}: {rate:.1%} killed"


def _cell(part: str, outcomes: Mapping[str, int] | None) -> str:
    if not outcomes:
        return "–"
    good = sum(number for outcome, number in outcomes.items() if outcome in PARTS[part].good)
    return f"{good} of {sum(outcomes.values())}"
