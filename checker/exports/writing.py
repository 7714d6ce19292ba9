"""What ``export`` writes for each platform, as files by relative name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from checker.course import AskedCheck, Step, checks_of
from checker.exports.bundle import files_of_the_checker, zipped
from checker.reports.exercism import tasks

_FOLDER = Path(__file__).with_name("data")
_CHECKER = "flask-login-workshop.zip"

Files = dict[str, bytes]


def gradescope(steps: Sequence[Step], course: list[Step], options: str) -> Files:
    """Return ``autograder.zip``, to be uploaded in the assignment's "Configure Autograder"."""
    values = _values(steps, options)
    inside = files_of_the_checker()
    for name in ("setup.sh", "run_autograder"):
        inside[name] = _filled(name, values)
    return {"autograder.zip": zipped(inside)}


def classroom(steps: Sequence[Step], course: list[Step], options: str) -> Files:
    """Return the files for GitHub Classroom's template repository, and those for classroom50."""
    checker = zipped(files_of_the_checker())
    values = _values(steps, options) | {
        "archive": _CHECKER,
        "digest": hashlib.sha256(checker).hexdigest(),
    }
    graders = [
        _filled("classroom-step.yml", values | {"number": str(step.number), "title": step.title})
        for step in steps
    ]
    names = [f"step{step.number}" for step in steps]
    results = "\n".join(
        f"          {name.upper()}_RESULTS: ${{{{ steps.{name}.outputs.result }}}}"
        for name in names
    )
    values |= {
        "graders": b"".join(graders).decode().rstrip("\n"),
        "results": results,
        "runners": ",".join(names),
    }
    files = {
        ".github/workflows/classroom.yml": _filled("classroom.yml", values),
        f".github/{_CHECKER}": checker,
    }
    for step in steps:
        folder = f"classroom50/{step.name}"
        files[f"{folder}/autograder.py"] = _filled(
            "autograder.py.template", values | {"steps": str(step.number)}
        )
        files[f"{folder}/{_CHECKER}"] = checker
    return files


def exercism(steps: Sequence[Step], course: list[Step], options: str) -> Files:
    """Return a test runner, and for each step the instructions whose tasks its tests name."""
    values = _values(steps, options)
    files = files_of_the_checker() | {"bin/run.sh": _filled("run.sh", values)}
    for step in steps:
        slug = step.name.partition("-")[2]
        files[f"exercises/{slug}/.docs/instructions.md"] = _instructions(step, course).encode()
    return files


PLATFORMS: Mapping[str, Callable[[Sequence[Step], list[Step], str], Files]] = {
    "gradescope": gradescope,
    "classroom": classroom,
    "exercism": exercism,
}


def _values(steps: Sequence[Step], options: str) -> dict[str, str]:
    return {"steps": ",".join(str(step.number) for step in steps), "options": options}


def _filled(name: str, values: Mapping[str, str]) -> bytes:
    """Return a file of ``data`` with every ``@{name}`` in it filled in."""
    text = (_FOLDER / name).read_text(encoding="utf-8")
    return re.sub(r"@\{(\w+)\}", lambda match: values[match[1]], text).encode()


def _instructions(step: Step, course: list[Step]) -> str:
    asked = checks_of(step, course)
    lines = ["# Instructions", "", f"{step.title}. The lesson explains every task.", ""]
    for number, lesson in enumerate(tasks([{"lesson": _lesson(each)} for each in asked]), 1):
        title = lesson.partition("#")[2].replace("-", " ").capitalize()
        lines += [f"## {number}. {title}", ""]
        lines += [f"- {each.check.title}" for each in asked if _lesson(each) == lesson]
        lines += ["", f"See `{lesson}`.", ""]
    return "\n".join(lines)


def _lesson(each: AskedCheck) -> str:
    return f"steps/{each.since.name}/README.md#{each.check.lesson}"
