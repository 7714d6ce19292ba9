"""A class to report on: real runs of step 1, and any number of students who had those results."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from checker import mistakes
from checker.apps.submission import Submission
from checker.course import STATE, steps
from checker.grading.results import ClassResults, Refusal, StepGrade, Student
from checker.reports.json_report import as_json
from checker.running import run
from checker.suites.bench import Bench

COURSE = steps()
STEP = COURSE[0]
#: Mistakes of step 1, together in one submission or alone.
MISTAKES = (
    ("database-at-import",),
    ("get-form",),
    ("other-field-name",),
    ("two-messages", "row-in-session"),
)

Report = dict[str, Any]


def recorded() -> list[Report]:
    """Run the solution of step 1 and some mistakes in it; return what ``--json`` prints of each."""
    texts = {n: data.decode() for n, data in Submission.read(STEP.solution).files.items()}
    catalogue = {mistake.id: mistake for mistake in mistakes.load(STEP.number)}
    submissions = [texts]
    for names in MISTAKES:
        changed = texts
        for name in names:
            changed = mistakes.apply(catalogue[name], changed)
        submissions.append(changed)
    reports = []
    with Bench(STATE / "cache") as bench:
        for files in submissions:
            submission = Submission({name: text.encode() for name, text in files.items()})
            report = run(STEP, COURSE, submission, bench, name="sample", seed=7)
            # As a program that reads the output gets it.
            reports.append(json.loads(json.dumps(as_json(report))))
    return reports


def small_class(reports: Sequence[Report]) -> ClassResults:
    """Return a class with one student for each report, one refused and one not yet graded."""
    students = [Student(f"s{n}", f"Student {n}", "Group A", f"s{n}") for n in range(len(reports))]
    refusal = Refusal("The zip holds 100,000 files.", "Hand in the folder of the app alone.")
    students += [
        Student("refused", "Rita Refused", "Group B", "rita.zip", refusal),
        Student("waiting", "Wanda Waiting", "Group B", "wanda"),
    ]
    grades = {(s.id, 1): grade(s.id, 1, r) for s, r in zip(students, reports, strict=False)}
    return ClassResults("Web Security 2026", (1,), tuple(students), grades)


def large_class(
    reports: Sequence[Report], *, students: int = 300, step_numbers: Sequence[int] = (1,)
) -> ClassResults:
    """Return a class of any size; who got which of the results is drawn with a fixed seed."""
    draw = random.Random(1843)
    names = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Radia", "Katherine", "Linus"]
    family = ["Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Perlman", "Johnson"]
    people, grades = [], {}
    for number in range(students):
        name = f"{draw.choice(names)} {draw.choice(family)} {number}"
        identity = f"u{number:04d}"
        group = f"Group {'ABCDEF'[number % 6]}"
        source = f"{name}_{9000 + number}_assignsubmission_file"
        people.append(Student(identity, name, group, source))
        for step in step_numbers:
            report = draw.choices(reports, weights=[6, *[1] * (len(reports) - 1)])[0]
            grades[identity, step] = grade(identity, step, report)
    people[-1] = replace(people[-1], refusal=Refusal("Its app.py is a link.", "Hand in the file."))
    for step in step_numbers:
        del grades[people[-1].id, step]
    return ClassResults("Web Security 2026", tuple(step_numbers), tuple(people), grades)


def grade(student: str, step: int, report: Mapping[str, Any], changed: str = "") -> StepGrade:
    """Return a report as the grade of a student."""
    return StepGrade(student, step, report, 2.5, "2026-11-20T10:00:00+00:00", changed)


#: Ends a script, a comment, an attribute and a line of a log, turns the text around, hides some.
HOSTILE = (
    "</script><script>window.forged=1</script><img src=x onerror='window.forged=1'>"
    "\"'>-->\u202eevitpecni\u2066\u200b \x1b[2J\x9b31m\x00 \ud800 {{ 7*7 }} =cmd|' /C calc'!A1"
)


def with_hostile_texts(results: ClassResults) -> ClassResults:
    """Return the class with hostile text wherever a submission, or a roster, can put some."""
    students = tuple(
        replace(
            student,
            name=f"{HOSTILE}{student.name}",
            group=HOSTILE,
            source=HOSTILE,
            refusal=student.refusal and Refusal(HOSTILE, HOSTILE),
        )
        for student in results.students
    )
    grades = {
        key: replace(one, report=hostile_report(one.report), changed=HOSTILE)
        for key, one in results.grades.items()
    }
    return replace(results, title=HOSTILE, students=students, grades=grades)


def hostile_report(report: Report | Mapping[str, Any]) -> Report:
    """Return a report whose texts from the app are hostile, and very long."""
    texts = {name: HOSTILE + "x" * 5_000 for name in ("expected", "seen", "exchange", "mistake")}
    cause = {"id": HOSTILE, "title": HOSTILE, "advice": HOSTILE, "location": HOSTILE}
    checks = [
        check | texts | {"steps": [HOSTILE] * 3, "cause": cause}
        if check["verdict"] == "failed"
        else check
        for check in report["checks"]
    ]
    notices = [{"kind": "tampering", "text": HOSTILE}]
    return {**report, "checks": checks, "notices": notices}
