"""A run for somebody who sits before a terminal: the list, then what to mend first.

Everything that may come from the submission passes :func:`~checker.reports.printable.printable`
and is never read as markup.
"""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from checker.reports.printable import printable
from checker.verdicts.outcomes import CheckResult, Notice, Report, Verdict

_SIGNS = {
    Verdict.PASSED: ("✓", "green"),
    Verdict.FAILED: ("✗", "red"),
    Verdict.TIMEOUT: ("✗", "red"),
    Verdict.BLOCKED: ("·", "bright_black"),
    Verdict.NOT_RUN: ("·", "bright_black"),
    Verdict.ERROR: ("!", "magenta"),
    Verdict.FLAKY: ("~", "yellow"),
}
#: Verdicts that ask for something to be done.
TO_MEND = (Verdict.FAILED, Verdict.TIMEOUT)
_ALWAYS_EXPLAINED = (Verdict.ERROR, Verdict.FLAKY)
_LABEL = 10
#: How many failures are explained in full unless all are asked for.
_IN_FULL = 1


def show(report: Report, console: Console, *, everything: bool = False) -> None:
    """Print a report.

    :param everything: explain every failure in full, not only the first.
    """
    console.print(_heading(report))
    console.print(_list(report, everything=everything))
    explained = 0
    for result in report.checks:
        if result.verdict in TO_MEND:
            explained += 1
            if everything or explained <= _IN_FULL:
                console.print(_explanation(result, everything=everything))
        elif result.verdict in _ALWAYS_EXPLAINED:
            console.print(_explanation(result, everything=everything))
    if report.notices:
        console.print(Group(*map(_notice, report.notices), ""))
    console.print(_sum(report))
    if (advice := _advice(report, explained, everything=everything)) is not None:
        console.print(advice)


def _heading(report: Report) -> RenderableType:
    plan = report.plan
    heading = Table.grid(expand=True, padding=(0, 1))
    heading.add_column(ratio=1)
    heading.add_column(justify="right", style="bright_black")
    heading.add_row(
        Text(f"Step {plan.step} · {plan.title}", style="bold"), printable(plan.submission, 60)
    )
    return Group("", heading, "")


def _list(report: Report, *, everything: bool) -> RenderableType:
    """List the checks; what passed or waits takes one line together when all is not wanted."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=3, justify="right")
    table.add_column(ratio=1)
    table.add_column(justify="right")
    many = not everything and len(report.checks) > 8 and not report.passed
    passed = [result for result in report.checks if result.verdict is Verdict.PASSED]
    if many and passed:
        points = sum(result.points for result in passed)
        names = ", ".join(result.id for result in passed)
        table.add_row(
            _sign(Verdict.PASSED), Text(f"{len(passed)} passed: {names}"), _points(points, points)
        )
    for result in report.checks:
        if many and result.verdict in (Verdict.PASSED, Verdict.BLOCKED, Verdict.NOT_RUN):
            continue
        table.add_row(
            _sign(result.verdict),
            Text(
                result.title, style="" if result.verdict is not Verdict.BLOCKED else "bright_black"
            ),
            _points(result.points, result.max_points),
        )
    if many:
        for blocker, waiting in _waiting(report).items():
            points = sum(result.max_points for result in waiting)
            text = f"{len(waiting)} {'wait' if len(waiting) > 1 else 'waits'} for {blocker}"
            table.add_row(
                _sign(Verdict.BLOCKED), Text(text, style="bright_black"), _points(0, points)
            )
        rest = [result for result in report.checks if result.verdict is Verdict.NOT_RUN]
        if rest:
            points = sum(result.max_points for result in rest)
            table.add_row(_sign(Verdict.NOT_RUN), f"{len(rest)} not run", _points(0, points))
    return Group(table, "")


def _waiting(report: Report) -> dict[str, list[CheckResult]]:
    waiting: dict[str, list[CheckResult]] = {}
    for result in report.checks:
        if result.verdict is Verdict.BLOCKED:
            waiting.setdefault(result.blocked_by, []).append(result)
    return waiting


def _explanation(result: CheckResult, *, everything: bool) -> RenderableType:
    sign, style = _SIGNS[result.verdict]
    head = Text(f"{sign} {result.title}", style=f"bold {style}")
    head.append(f"  {result.id}", style="bright_black")
    table = Table.grid(padding=(0, 1))
    table.add_column(width=_LABEL, style="bright_black")
    table.add_column(ratio=1, overflow="fold")
    for label, text in _told(result, everything=everything):
        table.add_row(label, text if isinstance(text, Text) else Text(text))
    return Group(head, Padding(table, (0, 0, 1, 2)))


def _told(result: CheckResult, *, everything: bool) -> list[tuple[str, str | Text]]:
    told: list[tuple[str, str | Text]] = []
    if result.verdict is Verdict.ERROR:
        told.append(
            ("the fault", "The checker's own: these points are open, not lost. Please report it.")
        )
    if result.verdict is Verdict.FLAKY:
        told.append(("flaky", "It failed, and passed when it was repeated. It costs you nothing."))
    steps = result.steps if everything else result.steps[-6:]
    if steps:
        lines = [printable(step, 200) for step in steps]
        if len(steps) < len(result.steps):
            lines.insert(0, f"… ({len(result.steps) - len(steps)} steps before)")
        told.append(("tried", "\n".join(lines)))
    told.append(("expected", printable(result.expected, 400)))
    told.append(("seen", Text(printable(result.seen, 600), style="bold")))
    if result.reference_seconds:
        factor = result.seconds / result.reference_seconds
        told.append(("slower", f"More than {factor:.0f} times slower than the reference solution."))
    if result.exchange and (everything or not result.cause):
        told.append(
            ("answer", printable(_few_lines(result.exchange, 30 if everything else 7), 2000))
        )
    if result.cause is not None:
        cause = printable(result.cause.title, 400)
        where = printable(result.cause.location, 200)
        if where and where not in cause:
            cause = f"{where}: {cause}"
        told.append(("cause", Text(cause, style="bold")))
        told.append(("", printable(result.cause.advice, 600)))
    if result.mistake:
        told.append(("looks like", Text(printable(result.mistake, 400), style="bold")))
    if result.hint:
        hint = Text(result.hint)
        if result.lesson:  # `hint` knows the workshop's checks; an instructor's own has none
            hint.append(f"  More: python3 -m checker hint {result.id}", style="bright_black")
        told.append(("hint", hint))
    if result.lesson:
        told.append(("lesson", result.lesson))
    return told


def _few_lines(text: str, most: int) -> str:
    lines = text.splitlines()
    return "\n".join(lines[:most] + (["…"] if len(lines) > most else []))


def _notice(notice: Notice) -> Text:
    return Text.assemble(("Note  ", "yellow"), printable(notice.text, 400))


def _sum(report: Report) -> Text:
    text = Text(f"{report.score} of {report.max_score} points", style="bold")
    counts = ", ".join(f"{count} {verdict}" for verdict, count in report.counts.items())
    text.append(f" · {counts} of {len(report.checks)} checks", style="")
    if report.finished:
        text.append(f" · {report.seconds:.1f} s", style="bright_black")
    else:
        text.append(" · stopped before the end", style="yellow")
    return text


def _advice(report: Report, explained: int, *, everything: bool) -> Text | None:
    plan = report.plan
    if report.passed and plan.partial:
        return Text("These checks passed; the step has more.", style="green")
    if report.passed:
        return Text("Every check of this step passed.", style="green")
    if not everything and explained > _IN_FULL:
        more = explained - _IN_FULL
        return Text(
            f"{more} more to mend: begin with the first, or see all with --all.",
            style="bright_black",
        )
    return None


def _sign(verdict: Verdict) -> Text:
    sign, style = _SIGNS[verdict]
    return Text(sign, style=style)


def _points(points: int, most: int) -> Text:
    return Text(f"{points}" if points == most else f"{points}/{most}", style="bright_black")
