"""Results in the forms of Gradescope, GitHub Classroom, classroom50 and Exercism."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from sample_class import HOSTILE, Report, hostile_report

from checker.grading.results import Refusal
from checker.reports import classroom, exercism, gradescope
from checker.reports.told import told

REFUSAL = Refusal(HOSTILE, "Hand in the folder with app.py.")
RUNNER = {"CLASSROOM": "c", "ASSIGNMENT": "a", "SUBMISSION_TAG": "t", "OWNER": "alice"}
RUNNER |= {"COMMIT_URL": "commit", "RELEASE_URL": "release"}
TIMES = {"submitted_at": "2026-06-01T14:32:01Z", "graded_at": "2026-06-02T08:00:00Z"}


def ended(report: Report, check: str, **changed: Any) -> Report:
    """Return a report in which a check has other values."""
    checks = [one | (changed if one["id"] == check else {}) for one in report["checks"]]
    return report | {"checks": checks}


def texts(value: Any) -> list[str]:
    """Every text in a JSON value, keys included."""
    if isinstance(value, dict):
        return [text for pair in value.items() for one in pair for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def test_gradescope_numbers_the_tests_of_each_step_and_adds_them_up(
    reports: list[Report],
) -> None:
    said = json.loads(gradescope.render({1: reports[0], 2: reports[2]}, 4.2))
    numbers = [test["number"] for test in said["tests"]]
    assert numbers[:2] == ["1.1", "1.2"] and numbers[23:25] == ["2.1", "2.2"]
    assert sum(test["score"] for test in said["tests"]) == 104
    assert "score" not in said, "it would take the place of the sum"
    assert said["execution_time"] == 4.2
    assert set(said["extra_data"]) == {"1", "2"}


def test_gradescope_hides_what_a_student_may_not_see(reports: list[Report]) -> None:
    report = ended(reports[0], "same-error", visibility="hidden")
    report = ended(report, "odd-input", visibility="after_due_date")
    said = json.loads(gradescope.render({1: report}, 1))
    seen = {test["extra_data"]["id"]: test["visibility"] for test in said["tests"]}
    assert seen["same-error"] == "hidden"
    assert seen["odd-input"] == "after_due_date"
    assert set(seen.values()) == {"hidden", "after_due_date", "visible"}
    assert "100" not in said["output"], "the sum would tell"


def test_gradescope_is_told_of_a_missing_jail_and_of_tampering(reports: list[Report]) -> None:
    report = reports[0] | {"isolated": False, "notices": [{"kind": "tampering", "text": "Caught."}]}
    output = json.loads(gradescope.render({1: report}, 1))["output"]
    assert "The app ran without a jail." in output and "Caught." in output


def test_the_reporter_of_classroom_gets_what_it_adds_up(reports: list[Report]) -> None:
    line = classroom.encoded(classroom.result(reports[2]))
    assert line.isascii() and "\n" not in line
    said = json.loads(base64.b64decode(line, validate=True))
    assert (said["version"], said["status"], said["max_score"]) == (1, "fail", 100)
    assert sum(test["score"] for test in said["tests"]) == 4
    assert [test["status"] for test in said["tests"][:3]] == ["pass", "fail", "fail"]


def test_classroom_is_told_the_line_that_an_exception_names(reports: list[Report]) -> None:
    (failed,) = (test for test in classroom.result(reports[1])["tests"] if test["line_no"])
    assert (failed["filename"], failed["line_no"]) == ("app.py", 28)


@pytest.mark.parametrize("verdict", ["error", "not run"])
def test_a_fault_of_the_checker_is_an_error_and_not_a_failure(
    reports: list[Report], verdict: str
) -> None:
    report = ended(reports[0], "same-error", verdict=verdict, points=0) | {"passed": False}
    said = classroom.result(report)
    assert said["status"] == "error" and "Run the job again" in said["message"]
    assert {test["status"] for test in said["tests"]} == {"pass", "error"}
    there = json.loads(exercism.render(report))
    assert there["status"] == "error" and there["message"]
    assert {test["status"] for test in there["tests"]} == {"pass", "error"}


def test_where_the_checker_fails_altogether_no_points_are_reported() -> None:
    said = classroom.failed("The worker was lost.")
    assert (said["status"], said["max_score"], said["tests"]) == ("error", 0, [])
    assert json.loads(exercism.failed("The worker was lost."))["status"] == "error"


def test_a_check_that_was_flaky_passes(reports: list[Report]) -> None:
    report = ended(reports[0], "same-error", verdict="flaky")
    assert {test["status"] for test in classroom.result(report)["tests"]} == {"pass"}
    assert {test["status"] for test in json.loads(exercism.render(report))["tests"]} == {"pass"}
    tests = json.loads(gradescope.render({1: report}, 1))["tests"]
    assert {test["status"] for test in tests} == {"passed"}
    (flaky,) = (test for test in tests if test["output"])
    assert "It costs nothing." in flaky["output"]


def test_classroom50_keeps_the_moment_of_the_submission(reports: list[Report]) -> None:
    said = classroom.classroom50(reports[4], RUNNER, **TIMES)
    assert (said["score"], said["max-score"]) == (92, 100)
    assert (said["datetime"], said["graded_at"]) == tuple(TIMES.values())
    assert said["review"] == "commit", "where there is nothing to compare with"
    assert {type(test["score"]) for test in said["tests"]} == {int}


def test_a_time_out_says_how_much_slower_it_was(reports: list[Report]) -> None:
    slow = {"verdict": "timeout", "points": 0, "seconds": 10.0, "reference_seconds": 0.25}
    report = ended(reports[0], "same-error", **slow)
    (check,) = (one for one in report["checks"] if one["id"] == "same-error")
    assert "over 40 times slower than the reference solution" in told(check)


def test_no_form_carries_hostile_text_as_it_came(reports: list[Report]) -> None:
    report = hostile_report(reports[4])
    said = [
        json.loads(gradescope.render({1: report}, 1)),
        json.loads(gradescope.refused(REFUSAL, 1)),
        classroom.result(report),
        classroom.refused(REFUSAL, 100),
        classroom.failed(HOSTILE),
        classroom.classroom50(report, RUNNER, **TIMES),
        classroom.classroom50_refused(REFUSAL, 100, RUNNER, **TIMES),
        json.loads(exercism.render(report)),
        json.loads(exercism.refused(REFUSAL)),
    ]
    for one in said:
        found = texts(one)
        assert any("</script>" in text for text in found)
        assert all(text.replace("\n", "").isprintable() for text in found)
        assert max(map(len, found)) < 25_000
