"""Every symptom is recognised on a real failing app, and on that one only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from failing_apps import cases

from checker.verdicts.diagnosis import Evidence, diagnose, symptoms


@pytest.mark.parametrize("name", cases())
def test_a_failing_app_is_told_its_cause_and_its_place(name: str, seen: dict[str, Evidence]):
    cause = diagnose(seen[name])
    assert cause is not None
    assert (cause.id, cause.title) == (cases()[name]["expect"], cases()[name]["title"])


def test_a_place_in_a_title_is_a_place_in_the_app(seen: dict[str, Evidence]):
    causes = {name: diagnose(evidence) for name, evidence in seen.items()}
    places = {name: cause.place for name, cause in causes.items() if cause and cause.place}
    assert len(places) > len(causes) * 0.8
    for name, place in places.items():
        assert place.file in seen[name].files
        assert causes[name].title.startswith(f"{place.file} line {place.line}: ")


def test_every_symptom_has_an_app_of_its_name():
    expected = {case["expect"] for case in cases().values()}
    assert expected == {symptom.id for symptom in symptoms()}
    for name, case in cases().items():
        assert name.partition("~")[0] == case["expect"]


def test_at_least_25_symptoms_can_be_met_in_step_01_and_45_in_all():
    assert sum(symptom.since == 1 for symptom in symptoms()) >= 25
    assert len(symptoms()) >= 45


@pytest.mark.parametrize(
    "name", ["form-field-missing", "method-not-allowed", "page-not-found", "login-view-not-set"]
)
def test_a_page_without_an_exception_is_enough(name: str, seen: dict[str, Evidence]):
    cause = diagnose(replace(seen[name], exceptions=()))
    assert cause is not None
    assert cause.id == name


def test_what_an_app_prints_or_shows_of_an_exception_is_enough(seen: dict[str, Evidence]):
    message = seen["mysql-table-missing"].exceptions[0].message
    for evidence in (Evidence(output=f"oh no: {message}\n"), Evidence(body=f"<p>{message}</p>")):
        cause = diagnose(evidence)
        assert cause is not None
        assert cause.id == "mysql-table-missing"


def test_files_alone_are_no_symptom(seen: dict[str, Evidence]):
    page = {"output": "", "status": 200, "body": "<p>Wrong username or password.</p>"}
    innocent = {name: replace(one, exceptions=(), **page) for name, one in seen.items()}
    causes = {name: diagnose(one) for name, one in innocent.items()}
    assert {name: cause for name, cause in causes.items() if cause} == {}
