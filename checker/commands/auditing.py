"""``audit``: proves that the checks catch what is wrong and nothing else."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from checker.audit import automatic, page, parts
from checker.audit.findings import (
    AuditError,
    Finding,
    Flakes,
    Subject,
    as_json,
    compared,
    key,
    problems,
)
from checker.audit.rounds import Round
from checker.audit.telling import show
from checker.audit.workers import busy, each
from checker.commands.workshop import FAILED, FAULT, PASSED, Misuse, Workshop
from checker.reports.printable import printable


def audit(options: argparse.Namespace) -> int:
    """Try everything that was asked for and tell what came of it."""
    workshop = Workshop.open(for_program=options.json)
    steps = [workshop.step(said) for said in options.steps or ()] or workshop.course
    chosen = options.part or list(parts.PARTS)
    jobs = (os.cpu_count() or 2) if options.jobs is None else options.jobs
    if jobs < 1 or options.times < 1:
        raise Misuse("--jobs and --times are 1 or more.")
    begin = time.monotonic()
    try:
        asked = parts.subjects(steps, chosen)
        rounds = list(_rounds(asked, jobs, options.times, options.keep, workshop))
    except AuditError as error:
        workshop.console.print(printable(str(error)))
        return FAULT
    flakes: Flakes | None = compared(rounds) if len(rounds) > 1 else None
    findings = _worst(rounds)
    seconds = time.monotonic() - begin
    if options.write:
        page.write(findings, flakes, steps, workshop.course)
    if options.json:
        print(json.dumps(as_json(findings, flakes, seconds), ensure_ascii=True))
    else:
        show(findings, flakes, steps, workshop.console, seconds)
    return FAILED if problems(findings, flakes) else PASSED


def _rounds(
    asked: Sequence[Subject], jobs: int, times: int, keep: str | None, workshop: Workshop
) -> Iterator[list[Finding]]:
    """Try everything as often as asked: every second round beside loops on all processors.

    :param keep: a folder for what was found; what is there already is not tried again.
    """
    for number in range(times):
        is_busy = number % 2 == 1
        found: list[Finding] = []
        left, known = asked, None
        if keep is not None:
            known = Round(Path(keep, f"round-{number + 1}.jsonl"), asked, busy=is_busy)
            left, found = known.left, known.found
        title = "audit" if times == 1 else f"round {number + 1} of {times}"
        with busy(os.cpu_count() or 2) if is_busy and left else contextlib.nullcontext():
            for finding in _tried(left, jobs, title + ", busy" * is_busy, workshop):
                found.append(finding)
                if known is not None:
                    known.add(finding)
        yield found


def _tried(
    asked: Sequence[Subject], jobs: int, title: str, workshop: Workshop
) -> Iterator[Finding]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = workshop.console
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task(title, total=len(asked))
        found: list[Finding] = []
        try:
            for subject, finding in each(parts.prove, asked, jobs):
                progress.update(task, advance=1, description=f"{title}: {subject.part}")
                if finding.problem:
                    what = f"{finding.part}, step {finding.step}, {finding.name}"
                    progress.console.print(printable(what, 300))
                found.append(finding)
                yield finding
        finally:  # also for whoever has no time for the rest
            automatic.remember(found)


def _worst(rounds: Sequence[Sequence[Finding]]) -> list[Finding]:
    """Return the first round's findings, each replaced by a later one that has a problem."""
    found: dict[tuple[str, int, str], Finding] = {}
    for one_round in rounds:
        for finding in one_round:
            before = found.get(key(finding))
            if before is None or (finding.problem and not before.problem):
                found[key(finding)] = finding
    order = list(parts.PARTS)
    return sorted(found.values(), key=lambda one: (one.step, order.index(one.part), one.name))
