"""What an audit adds up to, and when it fails."""

import json
from pathlib import Path

import pytest

from checker.audit.catalogue import Kill, kill_of
from checker.audit.explained import parse
from checker.audit.findings import (
    AuditError,
    Finding,
    as_json,
    checkout,
    compared,
    counts,
    kill_rate,
    problems,
    told,
    total,
)
from checker.audit.matrix import worth
from checker.audit.operators import mutants_of
from checker.audit.trying import Tried, asked
from checker.verdicts.outcomes import CheckResult, Verdict

CHECKS = asked(1)


def finding(outcome: str, problem: str = "", *, part: str = "security", step: int = 1) -> Finding:
    return Finding(part, step, "one", outcome, problem)


def results(**verdicts: Verdict) -> Tried:
    """Return what a run said: verdicts by check, the names with underscores."""
    named = {name.replace("_", "-"): verdict for name, verdict in verdicts.items()}
    return Tried(
        {name: CheckResult(name, "", verdict, 0, 1, 1) for name, verdict in named.items()}, ()
    )


def crashed(name: str) -> Tried:
    seen = "POST /login was answered with 500: the app crashed with KeyError."
    return Tried({name: CheckResult(name, "", Verdict.FAILED, 0, 1, 1, seen=seen)}, ())


def test_a_kill_by_the_check_that_was_meant_is_one_whatever_else_fails() -> None:
    seen = results(wrong_password=Verdict.FAILED, exact_password=Verdict.FAILED)
    assert kill_of("exact-password", seen, CHECKS) is Kill.MEANT


def test_a_check_of_the_same_section_of_the_lesson_is_about_the_same_thing() -> None:
    assert CHECKS["same-error"].check.lesson == CHECKS["wrong-password"].check.lesson
    seen = results(wrong_password=Verdict.FAILED, same_error=Verdict.BLOCKED)
    assert kill_of("same-error", seen, CHECKS) is Kill.RELATED


def test_any_other_check_catches_it_by_accident() -> None:
    seen = results(login_form=Verdict.FAILED, same_error=Verdict.BLOCKED)
    assert kill_of("same-error", seen, CHECKS) is Kill.INCIDENTAL


def test_an_app_that_crashes_or_does_not_start_tells_nothing_of_the_mistake() -> None:
    assert kill_of("same-error", crashed("right-password"), CHECKS) is Kill.CRASH
    assert kill_of("same-error", results(app_starts=Verdict.FAILED), CHECKS) is Kill.CRASH


def test_a_crash_is_what_it_should_be_where_the_check_is_meant_for_it() -> None:
    assert kill_of("unknown-user", crashed("unknown-user"), CHECKS) is Kill.MEANT


def test_what_passes_everything_has_survived() -> None:
    assert kill_of("same-error", results(same_error=Verdict.PASSED), CHECKS) is Kill.SURVIVED


def test_outcomes_are_counted_by_step_and_part_and_add_up() -> None:
    findings = [
        finding("killed"),
        finding("killed", step=2),
        finding("survived", step=2),
        finding("passed", part="solutions"),
    ]
    counted = counts(findings)
    assert counted["2"] == {"security": {"killed": 1, "survived": 1}}
    assert total(counted) == {"security": {"killed": 2, "survived": 1}, "solutions": {"passed": 1}}


def test_mutants_that_do_not_start_count_neither_way() -> None:
    assert kill_rate({"killed": 3, "explained": 1, "does not start": 5}) == 0.75
    assert kill_rate({"does not start": 5}) is None


def test_outcomes_are_told_as_one_says_them_the_most_frequent_first() -> None:
    assert told({"does not start": 1, "killed": 3}) == "3 killed, 1 does not start"
    assert told({"killed": 1, "does not start": 2}) == "2 do not start, 1 killed"


@pytest.mark.parametrize("part", ["solutions", "alternatives", "mutants", "hijacks", "vacuity"])
def test_one_problem_makes_an_audit_fail(part: str) -> None:
    said = problems([finding("passed", part=part), finding("lost", "it lost", part=part)], None)
    assert said == [f"{part}, step 1, one: it lost"]


def test_explaining_too_much_makes_an_audit_fail() -> None:
    few = [finding("killed")] * 95 + [finding("explained")] * 5
    many = [finding("killed")] * 94 + [finding("explained")] * 6
    assert problems(few, None) == []
    assert problems(many, None) == ["Only 94.0% of the automatic security mutants are killed."]


def test_what_ends_otherwise_in_another_round_is_a_flake() -> None:
    flakes = compared([[finding("killed")], [finding("killed")], [finding("survived")]])
    assert (flakes.rounds, flakes.tried, flakes.rate) == (3, 2, 0.5)
    assert "killed in round 1, survived in round 3" in flakes.differing[0]
    assert problems([finding("killed")], flakes) == [f"flaky: {flakes.differing[0]}"]


def test_an_audit_can_be_read_by_a_program() -> None:
    said = as_json([finding("killed")], None, 1.23)
    assert json.loads(json.dumps(said)) == {
        "schema": 1,
        "passed": True,
        "problems": [],
        "counts": {"1": {"security": {"killed": 1}}},
        "total": {"security": {"killed": 1}},
        "flakes": None,
        "findings": [
            {"part": "security", "step": 1, "name": "one", "outcome": "killed", "checks": []}
        ],
        "seconds": 1.2,
    }


def test_a_check_is_worth_what_no_other_check_catches() -> None:
    matrix = {"1/a": ("one",), "1/b": ("one", "two"), "1/c": ("two", "three")}
    one, two, four = worth(matrix, ["one", "two", "four"])
    assert (one.kills, one.alone, one.redundant) == (("1/a", "1/b"), ("1/a",), False)
    assert (two.kills, two.alone, two.redundant) == (("1/b", "1/c"), (), True)
    assert four.kills == ()


def test_without_what_is_to_be_tried_there_is_no_audit(tmp_path: Path) -> None:
    checkout(tmp_path)
    with pytest.raises(AuditError, match="needs a clone of the whole project"):
        checkout(tmp_path / "tests")


EXPLAINED = """
[[equivalent]]
operator = "constant-changed"
scope = "size*"
before = "8"
steps = [2]
reason = "Nine will do as well."
"""


def test_an_explanation_holds_wherever_the_same_text_stands() -> None:
    (equivalent,) = parse(EXPLAINED)
    source = "\n\ndef size_of():\n    return 8\n"
    covered = [
        mutant.after
        for mutant in mutants_of({"rules.py": source})
        if equivalent.covers(mutant, step=2)
    ]
    assert covered == ["9", "7"]
    assert not any(equivalent.covers(mutant, step=3) for mutant in mutants_of({"a.py": source}))
    elsewhere = mutants_of({"rules.py": source.replace("size_of", "length")})
    assert not any(equivalent.covers(mutant, step=2) for mutant in elsewhere)


def test_square_brackets_in_an_explanation_are_brackets() -> None:
    text = EXPLAINED.replace('before = "8"', "before = 'names[8]'")
    (equivalent,) = parse(text.replace("constant-changed", "nothing-returned"))
    (mutant,) = (
        mutant
        for mutant in mutants_of({"a.py": "def size():\n    return names[8]\n"})
        if mutant.operator.name == "nothing-returned"
    )
    assert equivalent.covers(mutant, step=2)


@pytest.mark.parametrize(
    "text, message",
    [
        (EXPLAINED.replace("scope", "place"), "'place' is not known"),
        (EXPLAINED.replace('"Nine will do as well."', '""'), "operator and a reason"),
    ],
)
def test_an_explanation_that_says_too_much_or_too_little_is_refused(
    text: str, message: str
) -> None:
    with pytest.raises(AuditError, match=message):
        parse(text)
