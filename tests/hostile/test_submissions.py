"""Every submission that means harm ends in a verdict with a name, and leaves nothing behind."""

from __future__ import annotations

import io
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from checker.apps.limits import Limits
from checker.apps.submission import Submission
from checker.audit.hostile import HONEST, LIMITS, Hostile, corpus, told
from checker.course import ROOT, steps
from checker.reports.json_report import as_json
from checker.reports.terminal import show
from checker.running import run
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Report

COURSE = steps()
#: What a terminal would obey, or what hides what stands there.
_UNPRINTABLE = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_OURS = ("_pytest/", "site-packages", str(ROOT), "checker/", "pluggy", "Traceback (most recent")

Benches = Callable[[Limits], Bench]


def judged(folder: Path, bench: Bench, only: list[str]) -> Report:
    return run(COURSE[0], COURSE, Submission.read(folder), bench, name="a submission", only=only)


def printed(report: Report) -> str:
    """Return what a terminal shows with ``--all``."""
    console = Console(file=io.StringIO(), width=100, highlight=False, markup=False)
    show(report, console, everything=True)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def processes() -> Counter[str]:
    """Count the programs that run below this process."""
    names: Counter[str] = Counter()
    for process in psutil.Process().children(recursive=True):
        try:
            if process.status() != psutil.STATUS_ZOMBIE:
                names[process.name()] += 1
        except psutil.NoSuchProcess:
            pass
    return names


def settled(wanted: Callable[[], bool], seconds: float = 1.0) -> bool:
    deadline = time.monotonic() + seconds
    while not wanted():
        if time.monotonic() > deadline:
            return False
    return True


@pytest.fixture(scope="module")
def at_rest(benches: Benches) -> Callable[[Bench], Counter[str]]:
    """The programs that run when nothing is being checked, for each bench so far."""
    elsewhere = processes()  # what other tests have left running for the whole session
    known: dict[int, Counter[str]] = {}

    def at_rest(bench: Bench) -> Counter[str]:
        if id(bench) not in known:
            before = processes()
            judged(HONEST, bench, ["app-starts"])
            known[id(bench)] = processes() - before
        return sum(known.values(), elsewhere)

    return at_rest


@pytest.mark.parametrize("hostile", corpus(), ids=lambda hostile: hostile.folder.name)
def test_a_hostile_submission_is_named_gains_nothing_and_leaves_nothing(
    hostile: Hostile,
    benches: Benches,
    at_rest: Callable[[Bench], Counter[str]],
    temporary: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
):
    bench = benches(replace(LIMITS, **hostile.limits))
    programs = at_rest(bench)
    folders = {path.name for path in temporary.iterdir()}
    submission = hostile.put_into(tmp_path)

    begin = time.monotonic()
    report = judged(submission, bench, hostile.only)
    seconds = time.monotonic() - begin

    assert report.finished
    assert hostile.wrong(report.results, report.notices) == "", report.results
    assert seconds < hostile.seconds

    shown = printed(report)
    assert not _UNPRINTABLE.findall(shown)
    json.dumps(as_json(report)).encode("ascii")
    assert not [ours for ours in _OURS if ours in shown.replace("python3 -m checker", "")], shown
    assert capfd.readouterr() == ("", "")

    assert settled(lambda: not processes() - programs), processes() - programs
    assert {path.name for path in temporary.iterdir()} <= folders


def test_after_all_of_them_an_honest_app_is_judged_as_if_nothing_had_been(benches: Benches):
    report = judged(HONEST, benches(LIMITS), [])
    assert report.score == 100, told(report.checks, report.notices)
    assert report.passed
    assert report.notices == []
