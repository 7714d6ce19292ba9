"""What is kept stays: through crashes, full disks and second tries, and a change says why."""

from __future__ import annotations

import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from checker.course import checks_of
from checker.grading.again import UnknownName, choose, with_what_waits
from checker.grading.jobs import Graded
from checker.grading.results import Refusal, Student
from checker.grading.store import Store, StoreError
from tests.grading.class_of import COURSE

VERSIONS = {"Flask": "3.1.2", "checker": "1"}


def graded(
    verdicts: dict[str, str], digest: str = "one", *, partial: bool = False, **more: Any
) -> Graded:
    """Return a grade of checks that are worth 10 points each."""
    checks = [
        {
            "id": id,
            "verdict": verdict,
            "points": 10 if verdict in ("passed", "flaky") else 0,
            "max_points": 10,
        }
        for id, verdict in verdicts.items()
    ]
    report = {
        "submission": {"name": "ana", "digest": digest},
        "score": sum(check["points"] for check in checks),
        "max_score": 10 * len(checks),
        "partial": partial,
        "complete": True,
        "counts": {},
        "checks": checks,
        "notices": [],
        "versions": VERSIONS,
        "isolated": True,
    }
    return Graded(json.dumps(report | more), 1.5, 1)


def enrolled(folder: Path, *students: Student) -> Store:
    store = Store(folder, write=True)
    store.enrol("a class", [1, 2], students or [Student("ana", "Ana", "", "ana.zip")])
    return store


def test_a_group_has_one_grade_that_all_of_them_get(tmp_path: Path):
    with enrolled(tmp_path, *(Student(id, id, "", "submission_1") for id in ("bo", "cy"))) as store:
        store.keep("submission_1", 1, "checks", graded({"a": "passed"}))
        results = store.results()
    assert {key: grade.report["score"] for key, grade in results.grades.items()} == {
        ("bo", 1): 10,
        ("cy", 1): 10,
    }
    assert results.total("cy") == 10
    assert results.maximum() == 200


def test_who_leaves_the_class_takes_no_grade_away_and_may_come_back(tmp_path: Path):
    with enrolled(tmp_path) as store:
        store.keep("ana.zip", 1, "checks", graded({"a": "passed"}))
        store.enrol("a class", [1], [Student("bo", "Bo", "", "bo")])
        assert store.results().grades == {}
        store.enrol("a class", [1], [Student("7", "Ana", "B", "ana.zip")])
        assert store.results().grades["7", 1].report["score"] == 10


def test_who_is_refused_has_no_grade(tmp_path: Path):
    with enrolled(tmp_path) as store:
        store.keep("ana.zip", 1, "checks", graded({"a": "passed"}))
        store.refuse("ana.zip", Refusal("It is a zip bomb.", "Hand in the app."))
        results = store.results()
    assert results.students[0].refusal == Refusal("It is a zip bomb.", "Hand in the app.")
    assert results.grades == {}


@pytest.mark.parametrize(
    "checks, second, why",
    [
        ("checks", graded({"a": "passed"}), ""),
        ("other", graded({"a": "passed"}, "two"), ""),
        ("checks", graded({"a": "failed"}, "two"), "the submission changed"),
        ("other", graded({"a": "failed"}), "the checks changed"),
        (
            "other",
            graded({"a": "failed"}, "two", versions=VERSIONS | {"Flask": "3.1.3"}, isolated=False),
            "the submission changed and the checks changed and the environment changed "
            "(Flask 3.1.2 → 3.1.3, jail yes → no)",
        ),
        (
            "checks",
            graded({"a": "failed"}),
            "nothing that is recorded changed: the app does not always behave the same",
        ),
    ],
)
def test_a_changed_grade_says_why(tmp_path: Path, checks: str, second: Graded, why: str):
    with enrolled(tmp_path) as store:
        assert store.keep("ana.zip", 1, "checks", graded({"a": "passed"}))[1] == ""
        assert store.keep("ana.zip", 1, checks, second)[1] == why
        assert store.results().grades["ana", 1].changed == why
        assert store.kept()["ana.zip", 1].checks == checks
    with sqlite3.connect(tmp_path / "results.sqlite") as connection:
        rows = connection.execute("SELECT source, json_extract(report, '$.score') FROM earlier")
        assert rows.fetchall() == [("ana.zip", 10)]
    connection.close()


def test_checks_that_are_made_again_take_their_places_in_the_grade(tmp_path: Path):
    with enrolled(tmp_path) as store:
        first = {"a": "passed", "b": "failed", "c": "blocked", "d": "error"}
        store.keep("ana.zip", 1, "checks", graded(first))
        again = {"a": "passed", "b": "flaky", "c": "passed"}
        kept, why = store.keep("ana.zip", 1, "checks", graded(again, partial=True))
        report = store.results().grades["ana", 1].report
    assert {check["id"]: check["verdict"] for check in report["checks"]} == first | again
    assert (kept.score, kept.max_score) == (report["score"], report["max_score"]) == (30, 30)
    assert report["counts"] == {"passed": 2, "flaky": 1, "error": 1}
    assert not report["partial"]
    assert not report["passed"]
    assert why.startswith("nothing that is recorded changed")


def test_what_is_asked_for_again_is_not_forgotten_before_it_is_done(tmp_path: Path):
    with enrolled(tmp_path) as store:
        store.ask_again([("ana.zip", 1), ("ana.zip", 2)], ["a"])
    with Store(tmp_path, write=True) as store:
        assert store.asked_again() == {("ana.zip", 1): ("a",), ("ana.zip", 2): ("a",)}
        store.keep("ana.zip", 1, "checks", graded({"a": "passed"}))
        assert store.asked_again() == {("ana.zip", 2): ("a",)}


def test_a_full_disk_loses_nothing_that_was_kept(tmp_path: Path):
    with enrolled(tmp_path) as store:
        store.keep("ana.zip", 1, "checks", graded({"a": "passed"}))
        pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match=r"disk is full.*it goes on from there"):
            store.keep("ana.zip", 2, "checks", graded({"a": "passed"}, seen="x" * 100_000))
        assert set(store.kept()) == {("ana.zip", 1)}
    with Store(tmp_path, write=True) as store:  # somebody has made room
        store.keep("ana.zip", 2, "checks", graded({"a": "passed"}, seen="x" * 100_000))
        assert set(store.kept()) == {("ana.zip", 1), ("ana.zip", 2)}
        assert store._connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_only_one_grades_at_a_time_and_others_may_read(tmp_path: Path):
    with enrolled(tmp_path):
        with pytest.raises(StoreError, match="Another `grade` is writing into"):
            Store(tmp_path, write=True)
        with Store(tmp_path) as reader:
            assert [student.id for student in reader.results().students] == ["ana"]
    Store(tmp_path, write=True).close()


def test_a_folder_without_results_is_named_with_what_makes_them(tmp_path: Path):
    with pytest.raises(StoreError, match="There are no results in"):
        Store(tmp_path)


@pytest.mark.parametrize("content", [b"", b"SQLite? No.", None])
def test_another_file_is_not_taken_for_results(tmp_path: Path, content: bytes | None):
    if content is None:
        connection = sqlite3.connect(tmp_path / "results.sqlite")
        connection.execute("PRAGMA user_version = 99")
        connection.close()
    else:
        (tmp_path / "results.sqlite").write_bytes(content)
    if content == b"":  # what a crash right at the beginning leaves
        Store(tmp_path, write=True).close()
    else:
        with pytest.raises(StoreError, match=r"another version of the checker|not a database"):
            Store(tmp_path, write=True)


def test_whoever_looks_at_results_as_they_are_begun_does_no_harm(tmp_path: Path):
    def looks(folder: Path) -> None:
        for _look in range(40):
            try:
                with Store(folder) as store:
                    assert store.secret
            except StoreError as error:
                assert "There are no results in" in str(error)

    with ThreadPoolExecutor(4) as threads:
        for number in range(20):
            (folder := tmp_path / str(number)).mkdir()
            looking = [threads.submit(looks, folder) for _somebody in range(4)]
            Store(folder, write=True).close()
            for somebody in looking:
                somebody.result()


def test_marks_are_nobody_elses_business(tmp_path: Path):
    enrolled(tmp_path / "results").close()
    assert (tmp_path / "results").stat().st_mode & 0o077 == 0
    assert (tmp_path / "results" / "results.sqlite").stat().st_mode & 0o077 == 0


# -- --again ---------------------------------------------------------------------------------------

STUDENTS = [
    Student("7", "Ana", "", "ana.zip"),
    Student("2", "Bo", "", "bo"),
    Student("9", "Cy", "", "cy", Refusal("It is a zip bomb.", "Mend it.")),
    Student("right-password", "Di", "", "di"),
]


@pytest.mark.parametrize(
    "said, sources, steps, checks",
    [
        ([], ["ana.zip", "bo", "di"], [1, 2], []),
        (["ana"], ["ana.zip"], [1, 2], []),
        (["7", "bo"], ["ana.zip", "bo"], [1, 2], []),
        (["1"], ["ana.zip", "bo", "di"], [1], []),
        (["Ana", "02-registration"], ["ana.zip"], [2], []),
        (["student:2", "step:1", "login-form"], ["bo"], [1], ["login-form"]),
        (["check:right-password"], ["ana.zip", "bo", "di"], [1, 2], ["right-password"]),
    ],
)
def test_students_steps_and_checks_narrow_each_other_down(said, sources, steps, checks):
    chosen = choose(said, STUDENTS, COURSE[:2], COURSE)
    assert (chosen.sources, chosen.steps, chosen.checks) == (
        tuple(sources),
        tuple(steps),
        tuple(checks),
    )


@pytest.mark.parametrize(
    "name, says",
    [
        ("2", "that is a student and a step. Say which: student:2"),
        ("right-password", "that is a student and a check. Say which: student:right-password"),
        ("cy", "there is no such student, step or check"),
        ("step:3", "there is no such student, step or check"),
    ],
)
def test_a_name_that_means_nothing_or_two_things_is_told(name: str, says: str):
    with pytest.raises(UnknownName, match=re.escape(f"--again {name}: {says}")):
        choose([name], STUDENTS, COURSE[:2], COURSE)


def test_what_waits_for_a_check_is_made_again_with_it():
    asked = checks_of(COURSE[0], COURSE)
    again = with_what_waits(["wrong-password", "not-of-this-step"], asked)
    assert again[0] == "wrong-password"
    needs = {each.check.id: each.check.needs for each in asked}
    assert len(again) > 1
    assert all(set(needs[check]) & set(again) for check in again[1:])
    assert not [id for id in needs if id not in again and set(needs[id]) & set(again)]
