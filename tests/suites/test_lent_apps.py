"""One app stands many checks, and no verdict is another for it."""

import logging

import pytest

from checker.apps.submission import Submission
from checker.course import steps
from checker.running import run
from checker.suites import judge
from checker.suites.bench import Bench
from checker.suites.trial import Lent, Trial
from checker.verdicts.outcomes import CheckResult, Verdict

COURSE = steps()
FIRST = COURSE[0]
#: More requests than any single check of step 1 makes, and fewer than one of them makes.
SOME, FEW = 130, 90


@pytest.fixture(autouse=True)
def noted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, judge.__name__)


@pytest.fixture
def lendings(monkeypatch: pytest.MonkeyPatch) -> list[Lent]:
    """All the times that an app is lent."""
    done: list[Lent] = []
    put_back = Lent.put_back

    def noting(lent: Lent) -> None:
        put_back(lent)
        done.append(lent)

    monkeypatch.setattr(Lent, "put_back", noting)
    return done


def changed(more: bytes) -> Submission:
    """Return the solution of step 1 with something added to it."""
    solution = Submission.read(FIRST.solution)
    return Submission(solution.files | {"app.py": solution.files["app.py"] + more})


def wearing_out(requests: int) -> Submission:
    """Return an app that breaks down after so many requests."""
    return changed(
        b"""

import itertools
from flask import abort

number = itertools.count(1)

@app.before_request
def wear_out():
    if next(number) > %d:
        abort(500)
"""
        % requests
    )


def told(result: CheckResult) -> tuple[object, ...]:
    """Return what a student reads of a result."""
    return result.id, result.verdict, result.expected, result.seen, result.steps


def test_most_checks_share_an_app(bench: Bench, lendings: list[Lent]) -> None:
    report = run(FIRST, COURSE, Submission.read(FIRST.solution), bench)
    assert report.passed
    assert len(lendings) > len(report.checks) / 2


def test_who_fails_on_a_used_app_only_has_not_failed(
    bench: Bench, lendings: list[Lent], caplog: pytest.LogCaptureFixture
) -> None:
    report = run(FIRST, COURSE, wearing_out(SOME), bench)
    assert {result.verdict for result in report.checks} == {Verdict.PASSED}
    assert lendings
    assert "passes only on a new app" in caplog.text


def test_an_app_that_cannot_stand_it_is_soon_left_in_peace(
    bench: Bench,
    lendings: list[Lent],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(judge, "_MOST_UNFIT", 1)
    sharing = run(FIRST, COURSE, wearing_out(FEW), bench, seed=7)
    assert len(caplog.messages) == 1
    lent_while_sharing = len(lendings)
    monkeypatch.setattr(judge, "_MOST_UNFIT", 0)
    alone = run(FIRST, COURSE, wearing_out(FEW), bench, seed=7)
    assert len(lendings) == lent_while_sharing
    assert Verdict.FAILED in {each.verdict for each in alone.checks}
    assert list(map(told, sharing.checks)) == list(map(told, alone.checks))


def test_a_lent_app_is_as_if_nobody_had_been_there(bench: Bench) -> None:
    submission = changed(b'\n@app.before_request\ndef say(): print("a request")\n')
    first = Trial(bench, submission, FIRST, None, "mariadb", "a", inspect=True, lends=True)
    visitor = first.visitor()
    account = first.account()
    visitor.log_in(account.username, account.password)
    assert "a request" in first.app.remote.output
    lent = first.leave()
    assert lent is not None
    lent.put_back()
    second = Trial(bench, submission, FIRST, None, "mariadb", "b", inspect=False, lent=lent)
    assert second.app.remote is first.app.remote
    assert second.database.dump() == {"accounts": []}
    assert (second.app.remote.output, second.app.answers, second.app.remote.findings) == (
        "",
        [],
        (),
    )
    assert second.settings["SECRET_KEY"] == first.settings["SECRET_KEY"]
    second.close()
    assert not lent.remote.is_running


def test_an_app_started_on_a_database_in_use_is_not_lent(bench: Bench) -> None:
    submission = Submission.read(FIRST.solution)
    trial = Trial(bench, submission, FIRST, None, "mariadb", "a", inspect=False, lends=True)
    trial.account()
    trial.visitor()
    assert trial.leave() is None
    assert not trial.app.remote.is_running


def test_a_check_that_begins_with_an_app_of_its_own_cannot_borrow(bench: Bench) -> None:
    submission = Submission.read(FIRST.solution)
    trial = Trial(bench, submission, FIRST, None, "mariadb", "a", inspect=False, lends=True)
    trial.visitor()
    lent = trial.leave()
    borrowed = Trial(bench, submission, FIRST, None, "mariadb", "b", inspect=False, lent=lent)
    with pytest.raises(RuntimeError, match="fresh"):
        borrowed.start()
    borrowed.close()
