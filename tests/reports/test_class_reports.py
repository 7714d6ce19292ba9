"""What is written of a class: figures, CSV, gradebooks, JSON, JUnit, the students' pages."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from justhtml import JustHTML
from referencing import Registry, Resource
from sample_class import (
    HOSTILE,
    Report,
    grade,
    hostile_report,
    large_class,
    small_class,
    with_hostile_texts,
)

from checker.course import ROOT
from checker.grading.results import ClassResults, StepGrade, Student
from checker.reports import class_csv, class_json, class_page, gradebooks, junit, student_page
from checker.reports.class_figures import CheckFigures, ClassFigures, is_final
from checker.reports.class_reports import write_all
from checker.reports.printable import printable
from checker.reports.spreadsheet import as_csv

TITLES = {1: "Log in with MySQL"}
SCHEMAS = {
    name: json.loads((ROOT / "docs" / "schemas" / f"{name}.json").read_text())
    for name in ("check-1", "class-1")
}


def table(text: str) -> list[dict[str, str]]:
    """Read a CSV file as a spreadsheet would."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def figures_of(results: ClassResults, check: str) -> CheckFigures:
    (found,) = (one for one in ClassFigures(results).figures if one.check.id == check)
    return found


def with_verdict(report: Report, check: str, verdict: str, points: int = 0) -> Report:
    """Return a report in which one check ended otherwise."""
    checks = [
        one | ({"verdict": verdict, "points": points} if one["id"] == check else {})
        for one in report["checks"]
    ]
    score = sum(one["points"] for one in checks)
    return report | {"checks": checks, "score": score, "passed": False}


# --- Figures


def test_the_sample_is_what_the_tests_take_it_for(reports: list[Report]) -> None:
    assert [report["score"] for report in reports] == [100, 0, 4, 14, 92]


def test_figures_count_who_passed_who_failed_and_who_had_to_wait(reports: list[Report]) -> None:
    form = figures_of(small_class(reports), "login-form")
    assert form.verdicts == {"passed": 3, "failed": 1, "blocked": 1}
    assert (form.judged, form.lost) == (5, 1)
    assert form.pass_rate == 3 / 5
    assert form.held_back == 21


def test_reasons_are_mistakes_then_causes_then_what_was_seen(reports: list[Report]) -> None:
    results = small_class(reports)
    (mistake,) = figures_of(results, "login-form").reasons
    assert mistake.kind == "mistake"
    assert mistake.text.startswith("The form is sent by GET.")
    assert [student.id for student in mistake.students] == ["s2"]
    nameless = with_reports(results, {"s2": unnamed(reports[2])})
    (seen,) = figures_of(nameless, "login-form").reasons
    assert seen.kind in ("cause", "seen")


def test_the_same_failure_of_two_students_is_one_reason(reports: list[Report]) -> None:
    results = small_class(reports)
    both = with_reports(results, {"s1": reports[2]})
    (reason,) = figures_of(both, "login-form").reasons
    assert [student.id for student in reason.students] == ["s1", "s2"]
    assert ClassFigures(both).most_failed()[0].check.id == "login-form"


def test_a_fault_of_the_checker_counts_neither_way(reports: list[Report]) -> None:
    results = small_class(reports)
    faulty = with_reports(results, {"s2": with_verdict(reports[2], "login-form", "error")})
    form = figures_of(faulty, "login-form")
    assert (form.judged, form.lost, form.pass_rate) == (4, 0, 3 / 4)


def test_discrimination_is_the_correlation_with_the_rest(reports: list[Report]) -> None:
    """Ten students; five pass the check and have 8, 6, 8, 6, 7 besides, five do not: 2, 4, 2, 4, 3.

    The points besides have the mean 5; those who pass are 2 above it, those who do not 2 below.
    Their variance is 4.8, that of passing 1/4, the covariance 1: 1 / (sqrt(4.8) / 2) = 0.9129.
    """
    besides = [8, 6, 8, 6, 7, 2, 4, 2, 4, 3]
    results = made_of(
        [
            {
                **reports[0],
                "checks": two_checks(number < 5, points),
                "score": points + 5 * (number < 5),
            }
            for number, points in enumerate(besides)
        ]
    )
    assert figures_of(results, "one").discrimination == pytest.approx(1 / (4.8**0.5 / 2))
    assert figures_of(results, "one").pass_rate == 0.5


def test_no_figure_is_made_up_for_few_students_or_where_all_are_alike(
    reports: list[Report],
) -> None:
    assert figures_of(small_class(reports), "login-form").discrimination is None
    alike = made_of([reports[0]] * 20)
    assert {one.discrimination for one in ClassFigures(alike).figures} == {None}
    nobody = ClassFigures(small_class([]))
    assert nobody.figures == ()
    assert nobody.step_points(1) == 100


def test_a_check_that_nobody_failed_who_was_tried_has_no_discrimination(
    reports: list[Report],
) -> None:
    figures = {one.check.id: one for one in ClassFigures(large_class(reports)).figures}
    assert len(figures) == 23
    known = {
        id: one.discrimination for id, one in figures.items() if one.discrimination is not None
    }
    assert set(known) == {
        *("app-starts", "login-form", "right-password", "same-error", "session-holds-no-password")
    }
    assert all(0 < number <= 1 for number in known.values())
    assert figures["redirect-home"].verdicts["blocked"] > 0


def test_a_grade_is_final_when_everything_was_asked_and_judged(reports: list[Report]) -> None:
    assert is_final(grade("s", 1, reports[0]))
    assert is_final(grade("s", 1, reports[1])), "waiting for a check that failed is a judgement"
    assert not is_final(None)
    for open_ in (
        reports[0] | {"complete": False},
        reports[0] | {"partial": True},
        with_verdict(reports[0], "login-form", "error"),
    ):
        assert not is_final(grade("s", 1, open_))


# --- CSV


def test_the_class_has_a_row_a_student_and_a_column_a_check(reports: list[Report]) -> None:
    rows = table(class_csv.render(small_class(reports)))
    assert [row["id"] for row in rows] == ["s0", "s1", "s2", "s3", "s4", "refused", "waiting"]
    checks = [name for name in rows[0] if name.startswith("1/")]
    assert len(checks) == 23
    for row, report in zip(rows, reports, strict=False):
        assert int(row["step 1"]) == report["score"] == sum(int(row[name]) for name in checks)
        assert row["final"] == "yes"
    assert rows[5]["step 1"] == rows[6]["step 1"] == ""
    assert rows[5]["refused"] == "The zip holds 100,000 files."
    assert rows[5]["final"] == rows[6]["final"] == "no"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "＝", "＠", "\t=", "\r", "  =", "\n+"])
def test_no_cell_is_a_formula(first: str) -> None:
    ((cell,),) = csv.reader(io.StringIO(as_csv([[f"{first}HYPERLINK('x')"]]), newline=""))
    assert cell.startswith("'")


def test_numbers_stay_numbers_and_names_stay_names() -> None:
    assert as_csv([[-1, 2.5, None, "O'Brien", "Ünal, Ada", 'say "no"', "3-2"]]) == (
        '-1,2.5,,O\'Brien,"Ünal, Ada","say ""no""",3-2\r\n'
    )


def test_hostile_texts_stay_in_their_cells(reports: list[Report]) -> None:
    results = with_hostile_texts(small_class(reports))
    for text in (
        class_csv.render(results),
        gradebooks.canvas(results, TITLES),
        gradebooks.moodle(results, TITLES),
    ):
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert len({len(row) for row in rows}) == 1
        for row in rows:
            for cell in row:
                assert not cell.startswith(("=", "+", "-", "@"))
                assert cell.isprintable()


# --- Gradebooks


def test_canvas_finds_its_columns_where_it_looks_for_them(reports: list[Report]) -> None:
    """As ``lib/gradebook_importer.rb`` reads them: by place, the assignments after the section."""
    rows = list(csv.reader(io.StringIO(gradebooks.canvas(small_class(reports), TITLES))))
    assert rows[0] == [
        *("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
        "Step 1: Log in with MySQL",
    ]
    assert rows[1][0].strip() == "Points Possible" and rows[1][5] == "100"
    scores = {row[2]: row[5] for row in rows[2:]}
    assert scores == {
        **{"s0": "100", "s1": "0", "s2": "4", "s3": "14", "s4": "92"},
        **{"refused": "", "waiting": ""},
    }
    assert all(row[1] == "" and row[2] == row[3] for row in rows[2:])


def test_moodles_grading_worksheet_is_recognised(reports: list[Report]) -> None:
    """As ``assignfeedback_offline_grade_importer`` does: by the English names of its columns."""
    rows = table(gradebooks.moodle(large_class(reports, students=12), TITLES))
    assert {"Identifier", "Grade", "Last modified (grade)", "Feedback comments"} < set(rows[0])
    assert rows[3]["Identifier"] == "Participant 9003"
    assert rows[3]["Grade"] == rows[3]["Step 1: Log in with MySQL"] != ""
    assert rows[11]["Grade"] == "", "a submission that was refused leaves the grade as it is"
    assert rows[11]["Feedback comments"].startswith("Not graded. Its app.py is a link.")


def test_moodle_gets_no_identifier_that_is_not_known(reports: list[Report]) -> None:
    rows = table(gradebooks.moodle(small_class(reports), TITLES))
    assert {row["Identifier"] for row in rows} == {""}
    assert rows[0]["Feedback comments"] == "Step 1: every check passed."
    assert rows[2]["Feedback comments"].startswith("Step 1: 1 to mend. First to mend: The login")
    assert rows[6]["Feedback comments"] == "Step 1: not graded."


def test_no_mark_goes_into_a_gradebook_that_is_not_final(reports: list[Report]) -> None:
    results = small_class(reports)
    faulty = with_reports(results, {"s0": with_verdict(reports[0], "same-error", "error")})
    rows = table(gradebooks.moodle(faulty, TITLES))
    assert rows[0]["Grade"] == rows[0]["Step 1: Log in with MySQL"] == ""
    assert "could not judge everything" in rows[0]["Feedback comments"]
    canvas = list(csv.reader(io.StringIO(gradebooks.canvas(faulty, TITLES))))
    assert canvas[2][5] == ""


# --- JSON


def strict(schema: Any) -> Any:
    """Return a schema that allows no key but those that it describes."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: strict(value) for key, value in schema.items()}
    if "properties" in schema and isinstance(schema.get("required"), list):
        closed.setdefault("additionalProperties", False)
    return closed


def validator(name: str) -> Draft202012Validator:
    schemas = {name: strict(schema) for name, schema in SCHEMAS.items()}
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in schemas.values()
    )
    return Draft202012Validator(schemas[name], registry=registry)


def test_the_published_schemas_are_schemas() -> None:
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)


def test_what_check_prints_is_as_its_schema_says(reports: list[Report]) -> None:
    for report in reports:
        validator("check-1").validate(report)
        validator("check-1").validate(hostile_report(report))
    broken = reports[0] | {"score": "100"}
    assert not validator("check-1").is_valid(broken)
    assert not validator("check-1").is_valid(reports[0] | {"unheard-of": 1})


def test_a_class_is_as_its_schema_says(reports: list[Report]) -> None:
    for results in (
        small_class(reports),
        with_hostile_texts(small_class(reports)),
        large_class(reports, students=30, step_numbers=(1, 2)),
        small_class([]),
    ):
        said = json.loads(class_json.render(results))
        validator("class-1").validate(said)
        assert [one["id"] for one in said["students"]] == [one.id for one in results.students]
        scores = {one["id"]: one["score"] for one in said["students"]}
        assert scores == {one.id: results.total(one.id) for one in results.students}


# --- JUnit


def test_junit_counts_what_it_holds_and_says_how_each_check_ended(reports: list[Report]) -> None:
    flaky = with_verdict(reports[0], "same-error", "flaky", points=5)
    faulty = with_verdict(reports[0], "same-error", "error")
    results = with_reports(small_class(reports), {"s0": flaky, "s1": faulty})
    root = ElementTree.fromstring(junit.render(results))
    assert root.tag == "testsuites"
    suites = {suite.get("name"): suite for suite in root}
    assert len(suites) == 6
    for suite in root:
        held = Counter(child.tag for child in suite.iter())
        assert suite.get("tests") == str(held["testcase"])
        assert suite.get("failures") == str(held["failure"])
        assert suite.get("errors") == str(held["error"])
        assert suite.get("skipped") == str(held["skipped"])
    for name in ("tests", "failures", "errors"):
        assert int(root.get(name, "")) == sum(int(suite.get(name, "")) for suite in root)
    assert suites["s0 step 1"].find(".//flakyFailure") is not None
    assert suites["s1 step 1"].get("errors") == "1"
    failure = suites["s2 step 1"].find("testcase[@name='login-form']/failure")
    assert failure is not None and "The form is sent by GET" in (failure.text or "")
    assert suites["refused"].find("testcase/error[@type='refused']") is not None


def test_junit_holds_no_character_that_xml_does_not_allow(reports: list[Report]) -> None:
    results = with_hostile_texts(small_class(reports))
    root = ElementTree.fromstring(junit.render(results).encode())
    texts = [text for element in root.iter() for text in (element.text, *element.attrib.values())]
    assert any(text and "</script>" in text for text in texts)
    assert all(text.replace("\n", "").isprintable() for text in texts if text)


# --- The students' pages


def test_a_students_page_names_nobody_else(reports: list[Report]) -> None:
    results = small_class(reports)
    for student in results.students:
        text = student_page.render(results, student, TITLES)
        assert student.name in text
        others = [other for other in results.students if other is not student]
        assert not [other.name for other in others if other.name in text]
        assert not [other for other in others if f">{other.id}<" in text]


def test_a_student_sees_what_they_may_and_is_told_that_there_is_more(
    reports: list[Report],
) -> None:
    hidden = {"same-error": "hidden", "session-holds-no-password": "after_due_date"}
    checks = [
        check | ({"visibility": hidden[check["id"]]} if check["id"] in hidden else {})
        for check in reports[4]["checks"]
    ]
    results = with_reports(small_class(reports), {"s4": reports[4] | {"checks": checks}})
    student = results.students[4]
    before = student_page.render(results, student, TITLES)
    assert "same-error" not in before and "session-holds-no-password" not in before
    assert "2 more checks count" in before
    assert "<strong>92</strong> of 92" in before, "a total with them in it would tell"
    after = student_page.render(results, student, TITLES, after_due_date=True)
    assert "same-error" not in after and "session-holds-no-password" in after
    assert "1 more check counts" in after
    text = class_page.render(results, TITLES)
    assert "same-error" in text, "the instructor sees everything"


def test_an_unknown_visibility_shows_nothing_at_all(reports: list[Report]) -> None:
    checks = [check | {"visibility": "hiden"} for check in reports[0]["checks"]]
    results = with_reports(small_class(reports), {"s0": reports[0] | {"checks": checks}})
    with pytest.raises(ValueError, match="hiden"):
        student_page.render(results, results.students[0], TITLES)


def test_a_refusal_a_change_and_an_open_point_are_told(reports: list[Report]) -> None:
    results = small_class(reports)
    refused = student_page.render(results, results.students[5], TITLES)
    assert "The zip holds 100,000 files." in refused and "Not graded." not in refused
    faulty = with_verdict(reports[0], "same-error", "error")
    grades = {**results.grades, ("s0", 1): grade("s0", 1, faulty, "The submission changed.")}
    text = student_page.render(replace(results, grades=grades), results.students[0], TITLES)
    assert "5 points are open" in text
    assert "The submission changed." in text


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ("ada", "ada.html"),
        ("a.b-c_d", "a.b-c_d.html"),
        ("../../etc/passwd", "etc-passwd-"),
        (".hidden", "hidden-"),
        ("a/b", "a-b-"),
        ("CON", "CON-"),
        ("nul.txt", "nul-txt-"),
        ("", "student-"),
        ("登录", "student-"),
        ("x" * 300, "x" * 40 + "-"),
        ("half \ud800", "half-"),
    ],
)
def test_every_id_has_a_harmless_file_name(identity: str, name: str) -> None:
    results = ClassResults("", (1,), (Student(identity, "Ada", "", "ada"),), {})
    (found,) = student_page.file_names(results).values()
    assert found.startswith(name)
    assert found.endswith(".html")
    assert Path(found).name == found
    assert len(found) < 90


def test_ids_that_differ_in_case_only_have_different_files() -> None:
    students = tuple(Student(identity, "", "", "") for identity in ("ada", "Ada", "ADA"))
    names = student_page.file_names(ClassResults("", (1,), students, {}))
    assert len({name.casefold() for name in names.values()}) == 3


def test_no_page_holds_hostile_text_as_it_came(reports: list[Report]) -> None:
    results = with_hostile_texts(small_class(reports))
    pages = [student_page.render(results, one, TITLES) for one in results.students]
    for text in (class_page.render(results, TITLES), *pages):
        assert HOSTILE not in text
        assert "<script>window" not in text and "<img" not in text
        assert text.count("<script>") <= 1
        for character in "\u202e\u2066\u200b\x1b\x9b\x00\ud800":
            assert character not in text
    assert printable(HOSTILE).startswith("</script>"), "nothing is left out, only escaped"


def test_students_of_one_name_are_told_apart(reports: list[Report]) -> None:
    results = small_class(reports)
    twins = tuple(replace(student, name="Kim Lee") for student in results.students[:2])
    text = class_page.render(replace(results, students=twins + results.students[2:]), TITLES)
    assert "Kim Lee (s0)" in text and "Kim Lee (s1)" in text
    assert "Student 2 (s2)" not in text


def test_every_page_is_valid_html(reports: list[Report]) -> None:
    for results in (small_class(reports), with_hostile_texts(small_class(reports))):
        pages = [student_page.render(results, one, TITLES) for one in results.students]
        for text in (class_page.render(results, TITLES), *pages):
            JustHTML(text, strict=True)


# --- Writing


def test_everything_is_written_and_written_again(tmp_path: Path, reports: list[Report]) -> None:
    results = small_class(reports)
    written = write_all(results, tmp_path / "reports")
    names = {path.relative_to(tmp_path / "reports").as_posix() for path in written}
    assert names == {
        *("class.html", "class.csv", "canvas.csv", "moodle.csv", "class.json", "junit.xml"),
        *(f"students/{student.id}.html" for student in results.students),
    }
    before = {path: path.read_bytes() for path in written}
    assert write_all(results, tmp_path / "reports") == written
    assert {path: path.read_bytes() for path in written} == before
    assert not list((tmp_path / "reports").rglob(".writing-*"))
    assert {path.stat().st_mode & 0o077 for path in written} == {0}


def test_a_report_that_cannot_be_written_leaves_the_one_of_before(
    tmp_path: Path, reports: list[Report]
) -> None:
    results = small_class(reports)
    written = write_all(results, tmp_path)
    before = (tmp_path / "class.html").read_bytes()
    (tmp_path / "students" / "s3.html").unlink()
    (tmp_path / "students" / "s3.html").mkdir()
    with pytest.raises(OSError, match=r"s3\.html"):
        write_all(replace(results, title="Another"), tmp_path)
    assert (tmp_path / "class.html").read_bytes() == before
    assert not list(tmp_path.rglob(".writing-*"))
    assert len(written) == 13


def test_every_link_of_the_class_page_leads_to_a_file_and_a_place_in_it(
    tmp_path: Path, reports: list[Report]
) -> None:
    write_all(small_class(reports), tmp_path)
    document = JustHTML((tmp_path / "class.html").read_text(encoding="utf-8"))
    links = {link.attrs["href"] for link in document.query("a") if link.attrs["href"][0] != "#"}
    assert len(links) >= 7
    for link in links:
        file, _, place = link.partition("#")
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert not place or f'id="{place}"' in text, link


# --- Helpers


def with_reports(results: ClassResults, changed: dict[str, Report]) -> ClassResults:
    """Return the class with other reports of step 1 for some."""
    grades = {**results.grades, **{(who, 1): grade(who, 1, one) for who, one in changed.items()}}
    return replace(results, grades=grades)


def unnamed(report: Report) -> Report:
    return report | {"checks": [check | {"mistake": ""} for check in report["checks"]]}


def made_of(reports: list[Report]) -> ClassResults:
    students = tuple(Student(f"s{n}", f"Student {n}", "", f"s{n}") for n in range(len(reports)))
    grades: dict[tuple[str, int], StepGrade] = {
        (student.id, 1): grade(student.id, 1, report)
        for student, report in zip(students, reports, strict=True)
    }
    return ClassResults("Made up", (1,), students, grades)


def two_checks(passed: bool, besides: int) -> list[dict[str, Any]]:
    one = {"id": "one", "title": "One", "max_points": 5, "since": 1, "lesson": "", "blocked_by": ""}
    one |= {"verdict": "passed" if passed else "failed", "points": 5 * passed}
    one |= {"mistake": "", "cause": None, "seen": "nothing"}
    two = one | {"id": "two", "max_points": 10, "verdict": "passed", "points": besides}
    return [one, two]
