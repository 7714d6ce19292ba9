"""A class as a table: one row a student, one column a check."""

from __future__ import annotations

from checker.grading.results import ClassResults
from checker.reports.class_figures import ClassFigures, is_final
from checker.reports.spreadsheet import Value, as_csv
from checker.verdicts.outcomes import Verdict


def render(results: ClassResults) -> str:
    """Return the class as CSV.

    A check's column is named ``step/check`` and holds the points reached; it is empty where the
    check was not judged. ``final`` says whether everything was judged; where it says ``no``,
    ``total`` is what is known so far.
    """
    figures = ClassFigures(results)
    columns = [check for step in results.steps for check in figures.checks[step]]
    heading = ["id", "name", "group", "submission", "final", "total", "maximum"]
    heading += [f"step {step}" for step in results.steps]
    heading += [f"{check.step}/{check.id}" for check in columns] + ["refused"]
    rows: list[list[Value]] = [list(heading)]
    for student in results.students:
        grades = {step: results.grades.get((student.id, step)) for step in results.steps}
        points = {
            (step, check["id"]): check["points"]
            for step, grade in grades.items()
            if grade is not None
            for check in grade.report["checks"]
            if check["verdict"] not in (Verdict.ERROR, Verdict.NOT_RUN)
        }
        row: list[Value] = [student.id, student.name, student.group, student.source]
        row += ["yes" if all(map(is_final, grades.values())) else "no"]
        row += [results.total(student.id), results.maximum()]
        row += [grade.report["score"] if grade else None for grade in grades.values()]
        row += [points.get((check.step, check.id)) for check in columns]
        row += [student.refusal.what if student.refusal else None]
        rows.append(row)
    return as_csv(rows)
