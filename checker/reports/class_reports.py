"""Everything that is written of a class. ``grade`` and ``report`` call :func:`write_all`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from checker.course import steps
from checker.grading.results import ClassResults
from checker.reports import (
    class_csv,
    class_json,
    class_page,
    gradebooks,
    junit,
    student_page,
)


def write_all(results: ClassResults, folder: Path, *, after_due_date: bool = False) -> list[Path]:
    """Write all reports of a class into a folder, which is made if need be; return their paths.

    ===================== ===================================================================
    ``class.html``        the class on one page; opens the students' pages beside it
    ``students/*.html``   a page for each student, with what that student may see
    ``class.csv``         a row a student, a column a check
    ``canvas.csv``        for Canvas's import of grades
    ``moodle.csv``        for Moodle's import of grades and its grading worksheet
    ``class.json``        everything, by the published schema ``docs/schemas/class-1.json``
    ``junit.xml``         for CI servers
    ===================== ===================================================================

    A class that is not graded to its end is written as far as it is known. Each file is replaced
    in one go, so a full disk or a crash leaves the one of before. Other files are left alone.

    :param after_due_date: let students see the checks that are hidden until the due date.
    :raises OSError: the folder cannot be written to.
    """
    titles = {step.number: step.title for step in steps()}
    (folder / class_page.STUDENTS).mkdir(parents=True, exist_ok=True)
    written = []
    for name, text, encoding in _files(results, titles, after_due_date):
        _replace(folder / name, text.encode(encoding))
        written.append(folder / name)
    return written


def _files(
    results: ClassResults, titles: Mapping[int, str], after_due_date: bool
) -> Iterator[tuple[str, str, str]]:
    """Yield the name, the text and the encoding of every file; the page comes after its links."""
    names = student_page.file_names(results)
    for student in results.students:
        text = student_page.render(results, student, titles, after_due_date=after_due_date)
        yield f"{class_page.STUDENTS}/{names[student.id]}", text, "utf-8"
    yield "class.html", class_page.render(results, titles), "utf-8"
    # Excel takes a CSV without this mark for an old code page; the gradebooks want none.
    yield "class.csv", class_csv.render(results), "utf-8-sig"
    yield "canvas.csv", gradebooks.canvas(results, titles), "utf-8"
    yield "moodle.csv", gradebooks.moodle(results, titles), "utf-8"
    yield "class.json", class_json.render(results), "utf-8"
    yield "junit.xml", junit.render(results), "utf-8"


def _replace(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).chmod(0o600)  # marks are nobody else's business
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
