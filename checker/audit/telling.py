"""An audit for somebody who sits before a terminal: one table a step, and a total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from checker.audit.findings import Finding, Flakes, counts, kill_rate, problems, told, total
from checker.audit.parts import PARTS
from checker.course import Step
from checker.reports.printable import printable

_LONGEST = 600


def show(
    findings: Sequence[Finding],
    flakes: Flakes | None,
    steps: Iterable[Step],
    console: Console,
    seconds: float,
) -> None:
    """Print the tables, then everything that is not as it should be."""
    counted = counts(findings)
    bad = Counter((str(one.step), one.part) for one in findings if one.problem)
    for step in steps:
        if of_step := counted.get(str(step.number)):
            of_bad = {part: bad[str(step.number), part] for part in of_step}
            console.print(_table(f"Step {step.number} · {step.title}", of_step, of_bad))
            console.print()
    summed = total(counted)
    of_bad = {part: sum(n for (_, name), n in bad.items() if name == part) for part in summed}
    console.print(_table("All steps", summed, of_bad))
    if flakes is not None:
        console.print(
            f"\n{flakes.rounds} rounds, idle and busy in turn: {len(flakes.differing)} of "
            f"{flakes.tried} outcomes differed from the first ({flakes.rate:.2%})."
        )
    console.print()
    wrong = problems(findings, flakes)
    for each in wrong:
        console.print(f"✗ {printable(each, _LONGEST)}", style="red")
    verdict = f"{len(wrong)} problems" if wrong else "All is as it should be"
    console.print(f"{verdict} · {len(findings)} tried · {seconds:.0f} s", style="bold")


def _table(title: str, counted: Mapping[str, Mapping[str, int]], bad: Mapping[str, int]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", expand=True)
    table.add_column("proof")
    table.add_column("tried", justify="right")
    table.add_column("outcomes", ratio=1)
    table.add_column("rate", justify="right")
    table.add_column("problems", justify="right")
    for part in PARTS:
        if part in counted:
            rate = kill_rate(counted[part]) if part == "security" else None
            table.add_row(
                PARTS[part].title,
                str(sum(counted[part].values())),
                told(counted[part]),
                "" if rate is None else f"{rate:.1%}",
                str(bad[part]) if bad[part] else "none",
                style="red" if bad[part] else None,
            )
    return table
