"""Whoever waits for a class sees who is done, and how long the rest will take."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from checker.grading.results import ClassResults, Refusal, StepGrade, Student
from checker.grading.store import Kept
from checker.reports import class_progress, class_terminal
from checker.reports.class_progress import ClassProgress
from checker.reports.json_report import as_json
from checker.verdicts.outcomes import CheckResult, Plan, Report, Verdict

STUDENTS = [
    Student("bo", "Bo", "", "group-1"),
    Student("cy", "Cy\x1b[31m", "", "group-1"),
    Student("di", "Di", "", "di.zip", Refusal("It is a zip bomb.", "Hand in the app.")),
    Student("ed", "Ed", "", "ed"),
]
WHOLE = Kept("one", "checks", 80, 100, 0)


def console(*, terminal: bool = False) -> Console:
    return Console(
        file=io.StringIO(), width=100, highlight=False, markup=False, force_terminal=terminal
    )


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_line_for_each_student_who_is_done_with_an_estimate(monkeypatch: pytest.MonkeyPatch):
    now = iter(range(0, 10_000, 50)).__next__
    monkeypatch.setattr(class_progress.time, "monotonic", now)
    screen = console()
    with ClassProgress(screen, STUDENTS) as told:
        told.planned({"group-1": 2, "ed": 8}, 3)
        told.graded("group-1", 1, WHOLE, "", 1)
        told.running()
        told.graded("group-1", 2, WHOLE, "the submission changed", 2)
        told.failed("ed", 1, "the worker was lost")
    assert printed(screen).splitlines() == [
        "Di                       refused: It is a zip bomb.",
        "10 grades to make; 3 are kept from before.",
        *[
            f"{name:24} step 1: 80/100  step 2: 80/100 (time limits × 2: this machine is slow) "
            f"(changed: the submission changed)  [2 of 10, {left}]"
            for name, left in (("Bo", "about 13 min left"), ("Cy\\x1b[31m", "about 20 min left"))
        ],
    ]
    assert told.failures == {("ed", 1): "the worker was lost"}


def test_on_a_terminal_there_is_a_bar_instead_of_numbers_on_each_line():
    screen = console(terminal=True)
    with ClassProgress(screen, STUDENTS) as told:
        told.planned({"ed": 1, "group-1": 1}, 0)
        told.running()
        told.graded("ed", 1, WHOLE, "", 1)
        shown = printed(screen)
    assert "Ed                       step 1: 80/100\n" in shown
    assert "grading" in shown
    assert "1/2" in shown + printed(screen)


def report(score: int, verdict: Verdict) -> dict[str, Any]:
    check = CheckResult("a", "An app.", verdict, score, 100, 1)
    plan = Plan(1, "01-a", "A", "somebody", "one", 1, {}, True, (check,))
    return as_json(Report(plan, finished=True))


def test_the_summary_tells_graded_refused_failed_and_changed():
    grades = {
        ("bo", 1): StepGrade("bo", 1, report(100, Verdict.FLAKY), 1.0, "", ""),
        ("cy", 1): StepGrade("cy", 1, report(0, Verdict.FAILED), 1.0, "", "the checks changed"),
    }
    screen = console()
    results = ClassResults("login\x07 page", (1,), tuple(STUDENTS), grades)
    class_terminal.show(results, screen, {("ed", 1): "the worker was lost"})
    assert [" ".join(line.split()) for line in printed(screen).splitlines()] == [
        "login\\x07 page",
        "student step 1 of 100",
        "Bo (bo) 100 100",
        "Cy\\x1b[31m (cy) 0* 0",
        "Di (di) – –",
        "Ed (ed) ! 0",
        "2 of 4 students graded, 1 refused · median 50, from 0 to 100"
        " · * 1 changed, the reports say why · 1 check was flaky, which costs nothing",
        "1 failed, 1 passed step 1 a: An app.",
        "Refused Di (di): It is a zip bomb. Hand in the app.",
        "Not graded ed, step 1: the worker was lost",
    ]
