"""A class for somebody who sits before a terminal: who has how much, and what failed most."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from rich.console import Console
from rich.table import Table
from rich.text import Text

from checker.grading.results import ClassResults, Student
from checker.reports.class_figures import ClassFigures, is_final
from checker.reports.printable import printable
from checker.verdicts.outcomes import SCORING, Verdict

_LONGEST = 40
#: How many of the checks that failed most are shown.
_CHECKS = 5


def show(
    results: ClassResults, console: Console, failures: Mapping[tuple[str, int], str] | None = None
) -> None:
    """Print a class.

    :param failures: why grades could not be made, by source and step: the checker's own faults.
    """
    console.print(Text(printable(results.title, _LONGEST), style="bold"))
    console.print(_students(results, failures or {}))
    console.print(_summary(results), soft_wrap=True)
    for figure in _most_failed(results):
        console.print(figure, soft_wrap=True)
    for student in results.students:
        if student.refusal is not None:
            said = printable(f"{student.refusal.what} {student.refusal.remedy}", 400)
            console.print(
                Text.assemble(("Refused  ", "yellow"), f"{_name(student)}: {said}"), soft_wrap=True
            )
    for (source, step), why in (failures or {}).items():
        text = f"{printable(source, _LONGEST)}, step {step}: {printable(why, 300)}"
        console.print(Text.assemble(("Not graded  ", "magenta"), text), soft_wrap=True)


def points(number: float) -> str:
    """Return points as a person writes them: without a decimal point where there is no need."""
    return f"{number:g}"


def _students(results: ClassResults, failures: Mapping[tuple[str, int], str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bright_black")
    table.add_column("student", overflow="fold", max_width=_LONGEST)
    with_groups = any(student.group for student in results.students)
    if with_groups:
        table.add_column("group", max_width=20)
    for step in results.steps:
        table.add_column(f"step {step}", justify="right")
    table.add_column(f"of {points(results.maximum())}", justify="right", style="bold")
    for student in results.students:
        row = [_name(student)]
        if with_groups:
            row.append(printable(student.group, 20))
        row += [_cell(results, student, step, failures) for step in results.steps]
        total = points(results.total(student.id))
        table.add_row(*row, "–" if student.refusal is not None else total)
    return table


def _cell(
    results: ClassResults, student: Student, step: int, failures: Mapping[tuple[str, int], str]
) -> str:
    grade = results.grades.get((student.id, step))
    if grade is None:
        return "!" if (student.source, step) in failures else "–"
    open_sign = "" if is_final(grade) else "!"
    return f"{open_sign}{points(grade.report['score'])}{'*' if grade.changed else ''}"


def _summary(results: ClassResults) -> Text:
    graded = [student for student in results.students if _is_graded(results, student)]
    refused = sum(student.refusal is not None for student in results.students)
    text = f"{len(graded)} of {len(results.students)} students graded"
    if refused:
        text += f", {refused} refused"
    if graded:
        totals = [results.total(student.id) for student in graded]
        text += f" · median {points(median(totals))}"
        text += f", from {points(min(totals))} to {points(max(totals))}"
    changed = sum(bool(grade.changed) for grade in results.grades.values())
    flaky = sum(
        check["verdict"] == Verdict.FLAKY
        for grade in results.grades.values()
        for check in grade.report["checks"]
    )
    if changed:
        text += f" · * {changed} changed, the reports say why"
    if flaky:
        some = "check was" if flaky == 1 else "checks were"
        text += f" · {flaky} {some} flaky, which costs nothing"
    return Text(text, style="bold")


def _is_graded(results: ClassResults, student: Student) -> bool:
    return student.refusal is None and all(
        (student.id, step) in results.grades for step in results.steps
    )


def _most_failed(results: ClassResults) -> list[Text]:
    """Return the checks that most students lose points by, with how many pass them."""
    failing = []
    for figure in ClassFigures(results).figures:
        passed = sum(figure.verdicts.get(verdict, 0) for verdict in SCORING)
        failed = figure.verdicts.get(Verdict.FAILED, 0) + figure.verdicts.get(Verdict.TIMEOUT, 0)
        if failed:
            failing.append((failed, passed, figure.check))
    failing.sort(key=lambda each: (-each[0], each[2].step, each[2].id))
    lines = []
    for failed, passed, check in failing[:_CHECKS]:
        line = f"{failed:4} failed, {passed} passed  step {check.step} {check.id}: {check.title}"
        lines.append(Text(printable(line, 200)))
    return lines


def _name(student: Student) -> str:
    name = printable(student.name, _LONGEST)
    return name if student.name == student.id else f"{name} ({printable(student.id, _LONGEST)})"
