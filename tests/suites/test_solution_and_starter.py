"""What every step promises: its solution passes everything, its starter fails what is new."""

import dataclasses
import logging
from pathlib import Path

import pytest

from checker.apps.submission import Submission
from checker.commands.files import STARTERS
from checker.course import CourseError, Step, checks_of, steps
from checker.running import UnknownCheck, run
from checker.suites import judge
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Verdict

COURSE = steps()
#: Checks that somebody can get in, and those that there is something to get in by.
WAYS_IN = {"right-password", "register", "database-url"}
FORMS = {"app-starts", "login-form", "home-needs-login", "register-form"}


@pytest.fixture(params=COURSE, ids=[step.name for step in COURSE])
def step(request: pytest.FixtureRequest) -> Step:
    assert isinstance(request.param, Step)
    return request.param


@pytest.mark.apart
def test_the_solution_passes_every_check(
    step: Step, bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, judge.__name__)
    report = run(step, COURSE, Submission.read(step.solution), bench)
    assert [result for result in report.checks if result.verdict is not Verdict.PASSED] == []
    assert report.score == report.max_score == 100
    assert report.notices == []
    assert caplog.messages == []  # nor on an app that has stood other checks


@pytest.mark.apart
def test_the_starter_runs_and_fails_what_the_step_adds(step: Step, bench: Bench) -> None:
    # Where the step brings no database, its starter is the solution before, which was asked on all.
    kinds = step.databases if step.databases_by else step.databases[:1]
    starter = Submission.read(STARTERS / step.name)
    asked = checks_of(step, COURSE)
    new = [each.check.id for each in asked if each.since is step]
    kept = [each.check.id for each in asked if each.since is not step]
    only = [*new, *kept[::3]]  # all of them have just been asked of the solution before
    report = run(step, COURSE, starter, bench, only=only, databases=kinds)
    passed = {result.id for result in report.checks if result.verdict is Verdict.PASSED}
    assert {result.id for result in report.checks if result.since < step.number} <= passed
    added = {check.id for check in step.new_checks} - {"app-starts"}
    assert not added & passed
    assert report.results["login-form"].verdict in (Verdict.FAILED, Verdict.PASSED)
    failed = [result for result in report.checks if result.verdict is Verdict.FAILED]
    assert failed
    assert all("crashed" not in result.seen for result in failed)


def test_a_kept_check_is_not_asked_where_the_app_is_not_yet(bench: Bench) -> None:
    step = next(step for step in COURSE if step.databases_by)
    new = [kind for kind in step.databases if kind not in COURSE[step.number - 2].databases]
    starter = Submission.read(STARTERS / step.name)
    report = run(step, COURSE, starter, bench, only=["right-password"], databases=new)
    result = report.results["right-password"]
    assert (result.verdict, result.blocked_by) == (Verdict.BLOCKED, step.databases_by)


def test_the_folder_to_edit_is_the_starter_until_somebody_edits_it(step: Step) -> None:
    shipped = Submission.read(STARTERS / step.name)
    assert Submission.read(step.folder).files == shipped.files


def test_a_lesson_comes_back_with_the_starter_as_it_is(step: Step) -> None:
    assert (STARTERS / step.name / "README.md").read_text() == lesson(step)


def test_every_check_has_a_lesson_section_and_three_hints(step: Step) -> None:
    headings = {anchor(line) for line in lesson(step).splitlines() if line.startswith("##")}
    for check in step.new_checks:
        assert check.lesson in headings, check.id
        assert len({hint.strip() for hint in check.hints}) == 3, check.id
        assert check.title.endswith("."), check.id


def test_every_check_that_is_needed_exists_and_comes_first(step: Step) -> None:
    seen: set[str] = set()
    for asked in checks_of(step, COURSE):
        assert set(asked.check.needs) <= seen, asked.check.id
        seen.add(asked.check.id)


def test_every_negative_check_needs_a_way_in_that_works(step: Step) -> None:
    """An app that refuses everything must not pass what only says "this is not possible"."""
    by_id = {asked.check.id: asked.check for asked in checks_of(step, COURSE)}

    def needs(identifier: str) -> set[str]:
        direct = by_id[identifier].needs
        return set(direct).union(*(needs(each) for each in direct))

    for identifier in by_id.keys() - FORMS:
        assert {identifier, *needs(identifier)} & WAYS_IN, identifier


def test_one_check_brings_along_what_it_needs(bench: Bench) -> None:
    first = COURSE[0]
    report = run(first, COURSE, Submission.read(first.solution), bench, only=["wrong-password"])
    assert [result.id for result in report.checks] == [
        "app-starts",
        "login-form",
        "right-password",
        "wrong-password",
    ]
    assert report.plan.partial


def test_a_check_that_does_not_exist_is_named_with_those_that_do(bench: Bench) -> None:
    first = COURSE[0]
    with pytest.raises(UnknownCheck, match=r"'wrong-pasword'.*wrong-password"):
        run(first, COURSE, Submission.read(first.solution), bench, only=["wrong-pasword"])


def test_the_same_seed_makes_up_the_same_names(bench: Bench) -> None:
    first = COURSE[0]
    broken = Submission({"app.py": b"from flask import Flask\napp = Flask(__name__)\n"})
    reports = [run(first, COURSE, broken, bench, seed=7) for _ in range(2)]
    told = [[result.steps for result in report.checks] for report in reports]
    assert told[0] == told[1]


def test_points_that_do_not_add_up_are_refused() -> None:
    points = COURSE[0].points | {"app-starts": 5}
    with pytest.raises(CourseError, match="101"):
        checks_of(dataclasses.replace(COURSE[0], points=points), COURSE)


def test_points_for_a_check_that_does_not_exist_are_refused() -> None:
    points = COURSE[0].points | {"no-such-check": 0}
    with pytest.raises(CourseError, match="no-such-check"):
        checks_of(dataclasses.replace(COURSE[0], points=points), COURSE)


def lesson(step: Step) -> str:
    return Path(step.folder, "README.md").read_text(encoding="utf-8")


def anchor(heading: str) -> str:
    """Return the anchor that GitHub and Markdown engines give a heading."""
    text = heading.lstrip("#").strip().lower()
    return "".join(c for c in text.replace(" ", "-") if c.isalnum() or c in "-_")
