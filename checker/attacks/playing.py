"""An attack, an app, a database: the play."""

from __future__ import annotations

from checker import mistakes
from checker.apps.submission import Submission
from checker.apps.trouble import AppTrouble
from checker.attacks.attack import Attack, Target, Unplayable
from checker.attacks.story import Story
from checker.course import Step
from checker.databases import DatabaseTrouble, SchemaError
from checker.suites.bench import Bench
from checker.suites.check import CheckFailed
from checker.suites.trial import Trial
from checker.verdicts.diagnosis import diagnose
from checker.visitor import VisitError


def play(
    attack: Attack, submission: Submission, step: Step, bench: Bench, *, database: str = ""
) -> Story:
    """Play an attack against an app in a world of its own, and return what happened.

    :param step: the step that the app is of.
    :param database: the kind of database; the step's first one if none is given.
    :raises Unplayable: the app lacks what the attack needs, or does not run.
    """
    if step.number < attack.since:
        raise Unplayable(
            f"The attack {attack.name} needs what the app has from step {attack.since} on; this is "
            f"step {step.number}."
        )
    trial = Trial(
        bench,
        attack.prepare(submission),
        step,
        None,
        database or step.databases[0],
        attack.name,
        inspect=False,
    )
    try:
        return attack.play(trial)
    except CheckFailed as failed:
        raise Unplayable(f"{failed.expected} {failed.seen}") from failed
    except VisitError as missing:
        raise Unplayable(
            f"The attack needs {missing.expected}. There was {missing.seen}."
        ) from missing
    except (AppTrouble, DatabaseTrouble, SchemaError) as trouble:
        cause = diagnose(trial.evidence())
        raise Unplayable(f"{trouble} {cause.title if cause else ''}".rstrip()) from trouble
    finally:
        trial.close()


def target_app(target: Target, course: list[Step]) -> tuple[Submission, Step]:
    """Return an app of ours that an attack names, and its step.

    :raises Unplayable: that step is not there.
    """
    found = next((step for step in course if step.number == target.step), None)
    if found is None:
        raise Unplayable(f"Step {target.step} is not there yet.")
    submission = Submission.read(found.solution)
    if target.mistake:
        (mistake,) = (one for one in mistakes.load(found.number) if one.id == target.mistake)
        texts = {name: content.decode() for name, content in submission.files.items()}
        changed = mistakes.apply(mistake, texts)
        submission = Submission({name: text.encode() for name, text in changed.items()})
    return submission, found
