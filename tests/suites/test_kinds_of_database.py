"""Which kinds of database a check is asked on."""

from collections import Counter

import pytest

from checker.apps.submission import Submission
from checker.course import Step, checks_of, steps
from checker.suites.bench import Bench
from checker.suites.judge import Judge, Question

COURSE = steps()
SEVERAL = [step for step in COURSE if len(step.databases) > 1]


def kinds_by_check(step: Step, bench: Bench) -> dict[str, list[str]]:
    submission = Submission.read(step.solution)
    question = Question(step, COURSE[step.number - 2], step.databases, submission, seed=1)
    judge = Judge(question, bench, lambda _notices: None)
    return {asked.check.id: judge.kinds(asked, {}) for asked in checks_of(step, COURSE)}


@pytest.mark.parametrize("step", SEVERAL, ids=lambda step: step.name)
def test_a_check_is_asked_on_every_kind_unless_it_says_that_one_will_do(
    step: Step, bench: Bench
) -> None:
    kinds = kinds_by_check(step, bench)
    for asked in checks_of(step, COURSE):
        wanted = set(asked.check.databases or step.databases)
        if asked.check.either:
            assert len(kinds[asked.check.id]) == 1
            assert set(kinds[asked.check.id]) <= wanted
        else:
            assert set(kinds[asked.check.id]) == wanted


@pytest.mark.parametrize("step", SEVERAL, ids=lambda step: step.name)
def test_what_is_asked_on_one_kind_alone_is_shared_out_among_them(step: Step, bench: Bench) -> None:
    kinds = kinds_by_check(step, bench)
    either = [each.check.id for each in checks_of(step, COURSE) if each.check.either]
    shares = Counter(kinds[name][0] for name in either)
    assert min(shares[kind] for kind in step.databases) >= len(either) // 4


def test_what_a_database_may_decide_is_asked_on_every_kind() -> None:
    by_id = {asked.check.id: asked.check for asked in checks_of(COURSE[-1], COURSE)}
    for name in ("right-password", "register", "taken-name", "injection-login", "odd-input"):
        assert not by_id[name].either
        assert not by_id[name].databases
