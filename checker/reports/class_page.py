"""The whole class on one page: who has which points, which checks fail, and why."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checker.grading.results import ClassResults, StepGrade, Student
from checker.reports.class_figures import Check, ClassFigures, is_final
from checker.reports.pages import page
from checker.reports.student_page import anchor, file_names
from checker.verdicts.outcomes import Verdict

#: The folder of the students' pages, beside the class's.
STUDENTS = "students"
_BINS = 10
#: How many reasons of a check are told.
_REASONS = 5


@dataclass(frozen=True)
class Cell:
    """A student's result: what a reader sees and how it is coloured.

    :ivar kind: the verdict, or ``tenth-0`` to ``tenth-10`` for a share of points.
    """

    kind: str
    text: str = ""


@dataclass(frozen=True)
class Row:
    """A student in a table.

    :ivar state: ``graded``, ``waiting`` or ``refused``.
    :ivar mend: whether something is left to mend.
    """

    student: Student
    place: str
    score: str
    order: float
    state: str
    mend: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """The class in one step, or in all of them."""

    id: str
    title: str
    maximum: str
    columns: tuple[Check, ...]
    steps: tuple[int, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Bin:
    """A bar of the distribution: between which points, and how many students."""

    label: str
    students: int
    share: int


@dataclass(frozen=True)
class Remark:
    """Something about one student that the instructor should look at first."""

    student: Student
    place: str
    text: str


def render(results: ClassResults, titles: Mapping[int, str]) -> str:
    """Return the class's page. It expects the students' pages in the folder ``students`` beside it.

    :param titles: the titles of the steps, by number.
    """
    figures = ClassFigures(results)
    names = file_names(results)
    places = {identity: f"{STUDENTS}/{name}" for identity, name in names.items()}
    tables = [_step_table(figures, step, titles.get(step, ""), places) for step in results.steps]
    if len(results.steps) > 1:
        tables.insert(0, _all_steps(figures, places))
    totals = [results.total(s.id) for s in results.students if _graded_in_full(results, s)]
    return page(
        "class.html",
        script="class.js",
        title=results.title,
        tables=tables,
        groups=sorted({student.group for student in results.students if student.group}),
        numbers=_numbers(results, totals),
        bins=_distribution(totals, results.maximum()),
        most_failed=figures.most_failed(),
        reasons=_REASONS,
        figures=figures.figures,
        many_steps=len(results.steps) > 1,
        remarks=_remarks(results, places),
        refused=[student for student in results.students if student.refusal is not None],
        places=places,
        labels=_labels(results.students),
        anchor=anchor,
        verdicts=[verdict.value for verdict in Verdict],
        graded_at=max((grade.graded_at for grade in results.grades.values()), default=""),
        versions=_versions(results),
    )


def points(number: float) -> str:
    """Return points as a person writes them: 7, not 7.0."""
    return f"{number:g}" if number != int(number) else str(int(number))


def _step_table(figures: ClassFigures, step: int, title: str, places: Mapping[str, str]) -> Table:
    results, columns = figures.results, figures.checks[step]
    rows = []
    for student in results.students:
        grade = results.grades.get((student.id, step))
        by_id = {check["id"]: check for check in grade.report["checks"]} if grade else {}
        cells = tuple(_verdict_cell(by_id.get(column.id)) for column in columns)
        rows.append(
            Row(
                student=student,
                place=places[student.id] + (f"#step-{step}" if grade else ""),
                score=points(grade.report["score"]) if grade else "–",
                order=grade.report["score"] if grade else -1,
                state=_state(student, grade is not None),
                mend=grade is not None and not grade.report["passed"],
                cells=cells,
            )
        )
    name = f"Step {step}" + (f" · {title}" if title else "")
    most = points(figures.step_points(step))
    return Table(f"table-{step}", name, most, columns, (), tuple(rows))


def _all_steps(figures: ClassFigures, places: Mapping[str, str]) -> Table:
    results = figures.results
    rows = []
    for student in results.students:
        grades = [results.grades.get((student.id, step)) for step in results.steps]
        some = any(grade is not None for grade in grades)
        rows.append(
            Row(
                student=student,
                place=places[student.id],
                score=points(results.total(student.id)) if some else "–",
                order=results.total(student.id) if some else -1,
                state=_state(student, some),
                mend=any(grade is not None and not grade.report["passed"] for grade in grades),
                cells=tuple(
                    _share_cell(grade, figures.step_points(step))
                    for step, grade in zip(results.steps, grades, strict=True)
                ),
            )
        )
    maximum = points(results.maximum())
    return Table("table-all", "All steps", maximum, (), results.steps, tuple(rows))


def _verdict_cell(check: Mapping[str, Any] | None) -> Cell:
    return Cell(Verdict(check["verdict"]).replace(" ", "-") if check is not None else "nothing")


def _share_cell(grade: StepGrade | None, most: int) -> Cell:
    if grade is None:
        return Cell("nothing")
    score = grade.report["score"]
    return Cell(f"tenth-{int(score * 10 / most)}", points(score))


def _labels(students: Sequence[Student]) -> dict[str, str]:
    """Return what each student is called on the page, by id: the id too where names are equal."""
    names = Counter(student.name for student in students)
    return {
        student.id: student.name if names[student.name] == 1 else f"{student.name} ({student.id})"
        for student in students
    }


def _state(student: Student, graded: bool) -> str:
    if student.refusal is not None:
        return "refused"
    return "graded" if graded else "waiting"


def _graded_in_full(results: ClassResults, student: Student) -> bool:
    return all(is_final(results.grades.get((student.id, step))) for step in results.steps)


def _numbers(results: ClassResults, totals: Sequence[float]) -> list[tuple[str, str]]:
    students = len(results.students)
    refused = sum(student.refusal is not None for student in results.students)
    numbers = [("students", str(students)), ("graded in full", str(len(totals)))]
    if refused:
        numbers.append(("refused", str(refused)))
    if open_ := students - refused - len(totals):
        numbers.append(("not yet in full", str(open_)))
    if totals:
        most = points(results.maximum())
        numbers += [
            (f"median of {most} points", f"{statistics.median(totals):.0f}"),
            ("mean", f"{statistics.mean(totals):.1f}"),
            ("with all points", str(sum(total == results.maximum() for total in totals))),
        ]
    return numbers


def _distribution(totals: Sequence[float], maximum: float) -> list[Bin]:
    """Count students in ten equal bins; all points belong to the last."""
    width = maximum / _BINS
    counts = [0] * _BINS
    for total in totals:
        counts[min(int(total / width), _BINS - 1)] += 1
    highest = max([*counts, 1])
    return [
        Bin(
            label=f"{points(number * width)} to "
            + (f"under {points((number + 1) * width)}" if number < _BINS - 1 else points(maximum)),
            students=count,
            share=round(100 * count / highest),
        )
        for number, count in reversed(list(enumerate(counts)))
    ]


def _remarks(results: ClassResults, places: Mapping[str, str]) -> list[Remark]:
    remarks = []
    for student in results.students:
        for step in results.steps:
            if (grade := results.grades.get((student.id, step))) is None:
                continue
            told = [notice["text"] for notice in grade.report["notices"]]
            faults = [c["id"] for c in grade.report["checks"] if c["verdict"] == Verdict.ERROR]
            if faults:
                told.append(f"The checker failed at {', '.join(faults)}: grade this step again.")
            if not grade.report["complete"]:
                told.append("The run stopped before its end: grade this step again.")
            if not grade.report["isolated"]:
                told.append("It ran without a jail.")
            if grade.changed:
                told.append(f"The grade has changed: {grade.changed}")
            place = f"{places[student.id]}#step-{step}"
            remarks += [Remark(student, place, f"Step {step}. {text}") for text in told]
    return remarks


def _versions(results: ClassResults) -> list[str]:
    """Return what graded the class; more than one of a kind is worth seeing."""
    found = {
        f"{name} {version}"
        for grade in results.grades.values()
        for name, version in grade.report["versions"].items()
    }
    return sorted(found, key=str.casefold)
