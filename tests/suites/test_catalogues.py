"""The catalogues of mistakes, as a whole."""

from checker import mistakes
from checker.course import steps


def test_every_check_of_a_step_has_a_mistake_that_it_catches() -> None:
    for step in steps():
        caught = {mistake.killed_by for mistake in mistakes.load(step.number)}
        assert {check.id for check in step.new_checks} <= caught, step.name


def test_every_step_has_enough_mistakes() -> None:
    numbers = [len(mistakes.load(step.number)) for step in steps()]
    assert numbers[0] >= 20
    assert min(numbers) >= 12
