"""``deliver``: grade a submission on a platform and hand the result over in the platform's form.

What ``export`` has written calls this; people rarely do.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from checker.commands.workshop import FAULT, PASSED, Misuse, Workshop
from checker.course import Step, steps
from checker.exports.grading import Open, Outcome, grade_one
from checker.grading.jobs import NotGraded, Unfit
from checker.reports import classroom, exercism, gradescope
from checker.reports.printable import printable

_FAULTS = (NotGraded, Open, Unfit)


def deliver(options: argparse.Namespace) -> int:
    """Do what ``deliver PLATFORM`` asks for."""
    course = steps()
    workshop = Workshop.open(for_program=True)
    asked = [workshop.step(name) for name in options.steps.split(",")]
    if len(asked) > 1 and options.platform != "gradescope":
        raise Misuse(f"{options.platform} takes the result of one step at a time.")
    place = Path(options.path).resolve()
    if not place.is_dir():
        raise Misuse(f"{place} is not a folder. Name the folder with the submission.")

    def graded() -> Outcome:
        outcome = grade_one(place, asked, course, without_jail=options.no_jail)
        for step, report in outcome.reports.items():
            _say(f"Step {step}: {report['score']} of {report['max_score']} points.")
        if outcome.refusal is not None:
            _say(f"{outcome.refusal.what} {outcome.refusal.remedy}")
        return outcome

    handed_over = _PLATFORMS[options.platform](graded, options, asked[0], place)
    return PASSED if handed_over else FAULT


def _gradescope(
    graded: Callable[[], Outcome], options: argparse.Namespace, _step: Step, _place: Path
) -> bool:
    """Write ``results.json``; none where the checker failed, which Gradescope then says."""
    try:
        outcome = graded()
    except _FAULTS as error:
        return _failed(error)
    if outcome.refusal is not None:
        text = gradescope.refused(outcome.refusal, outcome.seconds)
    else:
        text = gradescope.render(outcome.reports, outcome.seconds)
    _replace(Path(options.out) / "results.json", text)
    return True


def _classroom(
    graded: Callable[[], Outcome], _options: argparse.Namespace, step: Step, _place: Path
) -> bool:
    """Print the result as a line for ``$GITHUB_OUTPUT``."""
    try:
        outcome = graded()
    except _FAULTS as error:
        result = classroom.failed(str(error))
        _failed(error)
    else:
        if outcome.refusal is not None:
            result = classroom.refused(outcome.refusal, sum(step.points.values()))
        else:
            result = classroom.result(outcome.reports[step.number])
    print(f"result={classroom.encoded(result)}")
    return True


def _classroom50(
    graded: Callable[[], Outcome], options: argparse.Namespace, step: Step, place: Path
) -> bool:
    """Write ``result.json``; none where the checker failed, which the runner then says."""
    missing = [name for name in _IDENTITY if not os.environ.get(name)]
    if missing:
        raise Misuse(f"The runner of classroom50 sets {missing[0]}; it is not set here.")
    times = {"submitted_at": _committed(place), "graded_at": _utc(datetime.now(UTC))}
    try:
        outcome = graded()
    except _FAULTS as error:
        return _failed(error)
    if outcome.refusal is not None:
        most = sum(step.points.values())
        result = classroom.classroom50_refused(outcome.refusal, most, os.environ, **times)
    else:
        result = classroom.classroom50(outcome.reports[step.number], os.environ, **times)
    _replace(Path(options.out) / "result.json", json.dumps(result, indent=2) + "\n")
    return True


def _exercism(
    graded: Callable[[], Outcome], options: argparse.Namespace, step: Step, _place: Path
) -> bool:
    """Write ``results.json``, whatever happens."""
    try:
        outcome = graded()
    except _FAULTS as error:
        text = exercism.failed(f"The checker itself failed; try again. {error}")
        _failed(error)
    else:
        if outcome.refusal is not None:
            text = exercism.refused(outcome.refusal)
        else:
            text = exercism.render(outcome.reports[step.number])
    _replace(Path(options.out) / "results.json", text)
    return True


_Platform = Callable[[Callable[[], Outcome], argparse.Namespace, Step, Path], bool]
_PLATFORMS: Mapping[str, _Platform] = {
    "gradescope": _gradescope,
    "classroom": _classroom,
    "classroom50": _classroom50,
    "exercism": _exercism,
}
_IDENTITY = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")


def _failed(error: Exception) -> bool:
    _say(f"No grade: {error}")
    return False


def _say(text: str) -> None:
    print(printable(text), file=sys.stderr, flush=True)


def _replace(path: Path, text: str) -> None:
    """Write a file in one go: a platform never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _committed(place: Path) -> str:
    """Return when the submission's commit was made; now, where there is none."""
    # Signatures are not looked at: showing them would start a program that a config names.
    command = ["git", "-c", "log.showSignature=false", "-C", str(place)]
    command += ["log", "-1", "--format=%ct"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return _utc(datetime.fromtimestamp(int(said), UTC))
    except (OSError, ValueError, subprocess.CalledProcessError):
        return _utc(datetime.now(UTC))


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
