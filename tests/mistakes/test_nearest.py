"""A failure is told by the name of the mistake that it looks like, or by none."""

from checker import mistakes
from checker.apps.submission import Submission
from checker.course import steps
from checker.mistakes.kills import kills, nearest
from checker.mistakes.recording import stale
from checker.verdicts.outcomes import CheckResult, Verdict

STEPS = steps()


def result(check: str, seen: str, verdict: Verdict = Verdict.FAILED) -> CheckResult:
    return CheckResult(check, "", verdict, 0, 1, 1, seen=seen)


def mistaken(step: int, mistake: mistakes.Mistake) -> dict[str, str]:
    files = Submission.read(STEPS[step - 1].solution).texts
    return mistakes.apply(mistake, files)


def test_what_mistakes_look_like_is_up_to_date() -> None:
    names = [step.name for step in stale(STEPS)]
    assert names == [], "run python -m checker.mistakes.recording --write"


def test_every_mistake_is_known() -> None:
    known = {f"{step.number}/{one.id}" for step in STEPS for one in mistakes.load(step.number)}
    assert known == set(kills())


def test_a_mistake_is_never_taken_for_another() -> None:
    found = 0
    for step in STEPS:
        for mistake in mistakes.load(step.number):
            seen = kills()[f"{step.number}/{mistake.id}"]
            near = nearest(
                step.number, [result(mistake.killed_by, seen)], mistaken(step.number, mistake)
            )
            assert near is None or near == (mistake.killed_by, mistake)
            found += near is not None
    assert found >= 0.7 * len(kills())


def test_another_failure_of_the_same_check_is_taken_for_nothing() -> None:
    failure = result("same-error", "Something that no catalogued mistake has ever looked like.")
    assert nearest(1, [failure], {}) is None


def test_what_passed_or_was_blocked_looks_like_nothing() -> None:
    assert nearest(1, [result("same-error", "", Verdict.BLOCKED)], {}) is None
