"""What is on record is of the course as it is now, and the pages say what is on record."""

from collections import Counter

import pytest

from checker import mistakes
from checker.audit import automatic, hostile, matrix, page, right, vacuity
from checker.audit.explained import equivalents
from checker.audit.findings import WANTED_RATE, kill_rate, total
from checker.audit.parts import GROUPS, PARTS
from checker.cli import AUDIT_PARTS
from checker.course import Step, checks_of, steps

COURSE = steps()
AGAIN = "run python3 -m checker audit --write"
#: What takes too long to be demanded of every change: on record where it was tried.
LONG = {"ordinary", "matrix"}


def number_of(part: str, step: Step) -> int:
    return len(list(PARTS[part].subjects(step)))


@pytest.mark.parametrize("path", page.PAGES, ids=lambda path: path.name)
def test_a_page_says_what_is_on_record(path: page.Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "<!-- audit: " in text
    assert page.filled(text, COURSE) == text, AGAIN


@pytest.mark.parametrize("step", COURSE, ids=lambda step: step.name)
def test_as_many_are_on_record_as_there_are(step: Step) -> None:
    recorded = page.recorded()["steps"][str(step.number)]
    assert {part for part in PARTS if number_of(part, step)} - LONG <= set(recorded), AGAIN
    for part, outcomes in recorded.items():
        assert sum(outcomes.values()) == number_of(part, step), f"{part}: {AGAIN}"


def test_as_many_hostile_submissions_are_on_record_as_there_are() -> None:
    recorded = page.recorded()["steps"]["1"]["hijacks"]
    assert sum(recorded.values()) == len(hostile.corpus()) >= 40, AGAIN


def test_nothing_on_record_is_as_it_should_not_be() -> None:
    for outcomes in page.recorded()["steps"].values():
        for part, counted in outcomes.items():
            assert set(counted) <= PARTS[part].good, part
    assert kill_rate(total(page.recorded()["steps"])["security"]) >= WANTED_RATE


def test_the_matrix_has_only_mistakes_and_checks_that_exist() -> None:
    recorded = matrix.recorded()
    known = {f"{step.number}/{each.id}" for step in COURSE for each in mistakes.load(step.number)}
    assert set(recorded) <= known, AGAIN
    for mistake, failed in recorded.items():
        step = COURSE[int(mistake.partition("/")[0]) - 1]
        assert set(failed) <= {each.check.id for each in checks_of(step, COURSE)}, AGAIN
        assert failed


def test_every_explanation_is_of_a_mutant_that_there_is() -> None:
    mutants = [(mutant, step.number) for step in COURSE for mutant in automatic.mutants(step)]
    for equivalent in equivalents():
        assert any(equivalent.covers(*each) for each in mutants), equivalent


def test_every_explained_step_is_needed() -> None:
    mutants = [(mutant, step.number) for step in COURSE for mutant in automatic.mutants(step)]
    for equivalent in equivalents():
        covered = {number for mutant, number in mutants if equivalent.covers(mutant, number)}
        assert set(equivalent.steps) <= covered, equivalent


def test_every_step_has_three_right_apps_that_are_written_otherwise() -> None:
    assert all(len(right.folders(step)) >= 3 for step in COURSE)


def test_every_check_that_may_pass_vacuously_exists() -> None:
    known = {each.check.id for step in COURSE for each in checks_of(step, COURSE)}
    apps = Counter(subject.name.partition(" on ")[0] for subject in vacuity.subjects(COURSE[0]))
    for app in apps:
        assert vacuity.allowed(app) <= known
        assert "app-starts" in vacuity.allowed(app)


def test_the_command_line_knows_every_part() -> None:
    assert set(AUDIT_PARTS) == {*PARTS, *GROUPS}
