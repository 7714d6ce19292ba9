"""Each attack works on one app and fails on another, on every database."""

import pytest
from attack_apps import COURSE, VARIANTS, app_of, attack, varied

from checker.attacks import ATTACKS, Target
from checker.attacks.playing import play
from checker.suites.bench import Bench

SIDES = [
    pytest.param(each.name, target, works, database, id=f"{each.name}-{side}-{database}")
    for each in ATTACKS
    for side, works, target in (("works", True, each.works_on), ("fails", False, each.fails_on))
    for database in COURSE[min(target.step, len(COURSE)) - 1].databases
]


@pytest.mark.parametrize(("name", "target", "works", "database"), SIDES)
def test_it_works_on_the_one_and_fails_on_the_other(
    name: str, target: Target, works: bool, database: str, bench: Bench
) -> None:
    submission, step = app_of(target)
    story = play(attack(name), submission, step, bench, database=database)
    assert story.worked is works, story
    assert story.why
    assert all(scene.done and scene.means for scene in story.scenes)
    assert all(scene.sent or scene.came_back for scene in story.scenes)


@pytest.mark.parametrize("name", VARIANTS)
def test_an_app_that_only_hides_the_symptom_still_falls(name: str, bench: Bench) -> None:
    variant = VARIANTS[name]
    submission, step = varied(variant)
    story = play(attack(variant.killed_by), submission, step, bench)
    assert story.worked, story


def test_another_site_changes_the_password_where_nothing_but_the_cookie_is_asked_for(
    bench: Bench,
) -> None:
    submission, step = varied(VARIANTS["password-for-the-asking"])
    story = play(attack("cross-site-form"), submission, step, bench)
    assert "Another site has changed Ada's password." in story.why
    assert "The stored password has changed." in story.scenes[-1].came_back


def test_every_attack_has_an_app_that_hides_its_symptom() -> None:
    assert {variant.killed_by for variant in VARIANTS.values()} == {each.name for each in ATTACKS}


def test_the_remedy_comes_with_a_later_step_or_in_place_of_a_mistake() -> None:
    for each in ATTACKS:
        assert each.works_on.step < each.fails_on.step or each.works_on.mistake
