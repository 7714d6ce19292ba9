"""``grade`` and ``report``: from a folder of submissions to the marks of a class."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from pathlib import Path

from rich.text import Text

from checker.apps.jail import why_not_isolated
from checker.commands.adding import with_own_checks
from checker.commands.workshop import (
    FAULT,
    INTERRUPTED,
    PASSED,
    Misuse,
    Workshop,
    shown,
)
from checker.grading import roster
from checker.grading.again import UnknownName, choose
from checker.grading.discover import NoSubmissions, submissions_in
from checker.grading.executors import NoCluster, Processes, cluster
from checker.grading.grader import Grader
from checker.grading.jobs import Unfit
from checker.grading.store import Store, StoreError
from checker.own_checks import read
from checker.reports import class_json, class_terminal
from checker.reports.class_progress import ClassProgress
from checker.reports.class_reports import write_all
from checker.reports.printable import printable

_GO_ON = "What is done is kept; the same command goes on from there."


def grade(options: argparse.Namespace) -> int:
    """Grade every submission of a class."""
    workshop = Workshop.open(for_program=options.json)
    folder = Path(options.submissions).resolve()
    course = with_own_checks(workshop.course, options.checks)
    steps = [course[step.number - 1] for step in workshop.chosen_steps(options.steps)]
    out = _out(options, folder)
    if options.scheduler is None and not options.no_jail and (why_not := why_not_isolated()):
        raise Misuse(
            f"There is no jail for the submissions: {why_not}. Mend that, or add --no-jail if you "
            "trust every one of them."
        )
    try:
        found, others = submissions_in(folder)
        rows = roster.read(Path(options.roster)) if options.roster else None
        enrolled, strangers = roster.enrol(found, rows)
        students = [each.student for each in enrolled]
        console = workshop.console
        for names, why in ((others, "is no submission"), (strangers, "is not on the list")):
            for name in names:
                console.print(Text(f"{printable(name, 80)} {why}.", style="bright_black"))
        with Store(out, write=True) as store:
            store.enrol(folder.name, [step.number for step in steps], students)
            if options.again is not None:
                chosen = choose(options.again, students, steps, course)
                wanted = [(source, step) for source in chosen.sources for step in chosen.steps]
                store.ask_again(wanted, chosen.checks)
            teller = ClassProgress(console, students)
            try:
                with _executor(options) as (executor, workers), teller:
                    grader = Grader(store, course, steps, executor, workers, teller)
                    grader.without_jail = options.no_jail
                    grader.own = tuple(read(Path(options.checks)).items()) if options.checks else ()
                    grader.grade(roster.to_grade(enrolled))
            except KeyboardInterrupt:
                print(f"Stopped. {_GO_ON}", file=sys.stderr)
                return INTERRUPTED
            return _report(workshop, store, out, options, teller.failures)
    except (NoSubmissions, roster.RosterError, UnknownName, NoCluster) as error:
        raise Misuse(str(error)) from None
    except (StoreError, Unfit) as error:
        print(printable(str(error)), file=sys.stderr)
        return FAULT


def report(options: argparse.Namespace) -> int:
    """Write the reports of a class anew from what is kept, and show the summary."""
    workshop = Workshop.open(for_program=options.json)
    out = Path(options.results).resolve()
    try:
        with Store(out) as store:
            return _report(workshop, store, out, options, {})
    except StoreError as error:
        raise Misuse(str(error)) from None


def _report(
    workshop: Workshop,
    store: Store,
    out: Path,
    options: argparse.Namespace,
    failures: Mapping[tuple[str, int], str],
) -> int:
    results = store.results()
    try:
        write_all(results, out, after_due_date=options.after_due_date)
    except OSError as error:
        raise StoreError(
            f"The reports in {out} cannot be written: {error.strerror}. The grades are safe: make "
            f"room, then `python3 -m checker report {shown(out)}`."
        ) from error
    if options.json:
        print(class_json.render(results), end="")
    else:
        class_terminal.show(results, workshop.console, failures)
        workshop.console.print(f"Reports: {shown(out / 'class.html')}, and others beside it.")
    return FAULT if failures else PASSED


def _out(options: argparse.Namespace, folder: Path) -> Path:
    out = Path(options.out) if options.out else Path(f"{folder.name}-results")
    out = out.resolve()
    if out == folder or folder in out.parents:
        raise Misuse(
            f"{out} is inside the submissions, where results would be taken for one of them. Name "
            "another folder with --out."
        )
    return out


@contextlib.contextmanager
def _executor(options: argparse.Namespace) -> Iterator[tuple[Executor, int]]:
    """Start the workers, and end them whatever happens."""
    if options.scheduler is not None:
        with cluster(options.scheduler) as executor_and_workers:
            yield executor_and_workers
        return
    workers = options.jobs or _processors()
    executor = Processes(workers)
    try:
        yield executor, workers
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    executor.shutdown()


def _processors() -> int:
    """Return how many processors this process may use."""
    usable = getattr(os, "sched_getaffinity", None)  # Linux knows how many are ours
    return len(usable(0)) if usable else os.cpu_count() or 1
