"""Marks in the forms that Canvas and Moodle import.

Only final grades are written. Where a submission was refused, is not graded yet, or met a fault of
the checker, the cell stays empty, which both gradebooks leave as it is; Moodle's has a comment
that says why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from checker.grading.results import ClassResults, Student
from checker.reports.class_figures import ClassFigures, is_final
from checker.reports.spreadsheet import Value, as_csv
from checker.verdicts.outcomes import Verdict

#: What Moodle calls a student's folder in "Download all submissions": name, number, kind.
_MOODLE_FOLDER = re.compile(r"_(\d+)_assignsubmission_(?:file|onlinetext)(?:_|/|\.|$)")


def canvas(results: ClassResults, titles: Mapping[int, str]) -> str:
    """Return the CSV for Canvas: Grades, Import.

    Canvas reads the columns by their place and the students by ``SIS User ID``, then
    ``SIS Login ID``, then the name (its ``lib/gradebook_importer.rb``); a student's id stands in
    both. An assignment that does not exist yet is offered for creation.

    :param titles: the titles of the steps, by number.
    """
    figures = ClassFigures(results)
    columns = {step: _column(step, titles) for step in results.steps}
    rows: list[list[Value]] = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *columns.values()],
        # Canvas knows this row by its first words, blanks included.
        ["    Points Possible", *[None] * 4, *map(figures.step_points, results.steps)],
    ]
    for student in results.students:
        scores = [_score(results, student, step) for step in results.steps]
        rows.append([student.name, None, student.id, student.id, student.group, *scores])
    return as_csv(rows)


def moodle(results: ClassResults, titles: Mapping[int, str]) -> str:
    """Return the CSV for Moodle, which serves both of its imports.

    *Grades, Import, CSV file* takes ``ID number`` to identify the student, ``Step N …`` and
    ``Comment`` as you map them. *Assignment, Upload grading worksheet* takes ``Identifier``,
    ``Grade``, ``Last modified (grade)`` and ``Feedback comments`` by their English names
    (``mod/assign/feedback/offline``); the identifier is known where the submissions are in the
    folders of Moodle's own download. ``Grade`` is the sum over all steps.

    :param titles: the titles of the steps, by number.
    """
    heading = ["Identifier", "Full name", "ID number", "Group", "Grade", "Maximum Grade"]
    heading += ["Last modified (grade)", "Feedback comments"]
    rows: list[list[Value]] = [[*heading, *[_column(step, titles) for step in results.steps]]]
    for student in results.students:
        number = _MOODLE_FOLDER.search(student.source)
        scores = [_score(results, student, step) for step in results.steps]
        final = None not in scores
        row: list[Value] = [f"Participant {number[1]}" if number else None]
        row += [student.name, student.id, student.group]
        row += [results.total(student.id) if final else None, results.maximum(), None]
        rows.append([*row, _comment(results, student), *scores])
    return as_csv(rows)


def _column(step: int, titles: Mapping[int, str]) -> str:
    return f"Step {step}: {titles[step]}" if step in titles else f"Step {step}"


def _score(results: ClassResults, student: Student, step: int) -> int | None:
    grade = results.grades.get((student.id, step))
    return grade.report["score"] if grade is not None and is_final(grade) else None


def _comment(results: ClassResults, student: Student) -> str:
    """Return what a student needs to know of the mark in one line."""
    if student.refusal is not None:
        return f"Not graded. {student.refusal.what} {student.refusal.remedy}"
    told = []
    for step in results.steps:
        grade = results.grades.get((student.id, step))
        if grade is None:
            told.append(f"Step {step}: not graded.")
        elif not is_final(grade):
            told.append(f"Step {step}: the checker could not judge everything, so it is open.")
        elif grade.report["passed"]:
            told.append(f"Step {step}: every check passed.")
        else:
            failed = [c for c in grade.report["checks"] if c["verdict"] in _TO_MEND]
            first = f" First to mend: {failed[0]['title']}" if failed else ""
            told.append(f"Step {step}: {len(failed)} to mend.{first}")
    return " ".join(told)


_TO_MEND = (Verdict.FAILED, Verdict.TIMEOUT)
