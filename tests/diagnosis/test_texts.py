"""The texts of exceptions are recognised on every supported version of Python and the drivers."""

from __future__ import annotations

import runpy
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from failing_apps import cases

from checker.apps.inside.describe import describe
from checker.verdicts import diagnosis
from checker.verdicts.diagnosis import AppException, Evidence, Place, diagnose, exceptions_from

HERE = Path(__file__).parent
SNIPPETS = tomllib.loads((HERE / "snippets.toml").read_text("utf-8"))
RECORDED = tomllib.loads((HERE / "recorded.toml").read_text("utf-8"))["recorded"]


def evidence_of_snippet(snippet: str, folder: Path) -> Evidence:
    app = folder / "app.py"
    app.write_text(snippet, "utf-8")
    try:
        runpy.run_path(str(app), run_name="app")
    except Exception as error:
        return Evidence(exceptions_from(describe(error, folder)), files=("app.py",))
    raise AssertionError("it does not fail")


@pytest.mark.parametrize(
    ("expect", "snippet"), [(name, text) for name, texts in SNIPPETS.items() for text in texts]
)
def test_a_line_that_fails_is_told_its_cause(expect: str, snippet: str, tmp_path: Path):
    cause = diagnose(evidence_of_snippet(snippet, tmp_path))
    assert cause is not None
    assert cause.id == expect
    assert cause.place is not None
    assert cause.place.file == "app.py"


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded["message"][:40])
def test_a_text_from_elsewhere_is_recognised(recorded: dict[str, str]):
    cause = diagnose(Evidence((AppException(recorded["type"], recorded["message"]),)))
    assert cause is not None
    assert cause.id == recorded["expect"]


RUN = Place("main.py", 12, "<module>", "app.run(debug=True)")


def test_a_call_of_app_run_while_importing_is_told_with_its_place():
    cause = diagnose(Evidence(served=(RUN,)))
    assert cause is not None
    assert (cause.id, cause.place) == ("app-run-at-import", RUN)


def test_a_call_of_app_run_under_a_wrong_condition_is_told_as_such():
    cause = diagnose(Evidence(served=(RUN,), sources={"main.py": "if __name__ in '__main__':\n"}))
    assert cause is not None
    assert cause.id == "name-in-main"


def test_the_sources_help_but_are_not_needed(seen: dict[str, Evidence]):
    causes = {name: diagnose(replace(one, sources={})) for name, one in seen.items()}
    expected = {name: case["expect"] for name, case in cases().items()} | WITHOUT_SOURCES
    assert {name: cause and cause.id for name, cause in causes.items()} == expected


#: What some apps are told when nobody has read their files: less or nothing, but nothing wrong.
WITHOUT_SOURCES = {
    "factory-returns-no-app": "app-file-without-app",
    "login-view-unknown": "url-for-unknown-endpoint",
    "name-in-main": "app-run-at-import",
    "view-argument-missing": None,
    "view-argument-unexpected": None,
}


def test_no_pattern_is_without_proof(
    seen: dict[str, Evidence], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    pool = list(evidence(seen, tmp_path))
    for symptom in diagnosis.symptoms():
        for pattern in symptom.patterns:
            alone = replace(symptom, patterns=(pattern,))
            with monkeypatch.context() as patch:
                patch.setattr(diagnosis, "symptoms", lambda alone=alone: (alone,))
                assert any(diagnose(one) for expect, one in pool if expect == symptom.id), pattern


def evidence(seen: dict[str, Evidence], folder: Path) -> Iterator[tuple[str, Evidence]]:
    """Everything that the tests here show of each symptom."""
    for name, case in cases().items():
        yield case["expect"], seen[name]
        yield case["expect"], replace(seen[name], exceptions=())
    for expect, snippets in SNIPPETS.items():
        yield from ((expect, evidence_of_snippet(snippet, folder)) for snippet in snippets)
    for one in RECORDED:
        yield one["expect"], Evidence((AppException(one["type"], one["message"]),))
    yield "app-run-at-import", Evidence(served=(RUN,))
    yield "name-in-main", Evidence(served=(RUN,), sources={"a.py": "if __name__ in '__main__':"})
