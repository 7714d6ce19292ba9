"""Submissions that mean harm gain nothing, are named, and disturb no neighbour."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from checker.apps.submission import Submission
from checker.audit import hostile
from checker.audit.findings import Finding, Subject
from checker.audit.trying import tried
from checker.audit.workers import warm_bench
from checker.course import Step
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Verdict

#: What an honest neighbour is asked on the same bench afterwards.
NEIGHBOUR = ("right-password", "wrong-password", "injection-damage")


def subjects(step: Step) -> Iterator[Subject]:
    """Return the corpus, all of which are apps of step 1."""
    if step.number == 1:
        for each in hostile.corpus():
            yield Subject("hijacks", 1, each.folder.name)


def prove(subject: Subject) -> Finding:
    """Judge one, then an honest app with the same server and jail."""
    one = next(each for each in hostile.corpus() if each.folder.name == subject.name)
    bench = warm_bench(replace(hostile.LIMITS, **one.limits))
    problem = _wrong(one, bench) or _disturbed(bench)
    outcome = "caught" if not problem else "not caught"
    return Finding("hijacks", 1, subject.name, outcome, problem)


def _wrong(one: hostile.Hostile, bench: Bench) -> str:
    with tempfile.TemporaryDirectory(prefix="flw-audit-") as folder:
        submission = Submission.read(one.put_into(Path(folder)))
        results = tried(1, submission, bench, only=one.only)
    return one.wrong(results.results, results.notices)


def _disturbed(bench: Bench) -> str:
    honest = Submission.read(hostile.HONEST)
    results = tried(1, honest, bench, only=NEIGHBOUR)
    lost = [one for one in results.results.values() if one.verdict is not Verdict.PASSED]
    if results.notices:
        return f"an honest app is told afterwards: {results.notices[0].text}"
    return f"an honest app loses {lost[0].id} afterwards: {lost[0].seen}" if lost else ""
