"""``check`` and ``watch``: from a folder to a verdict."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import time
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from checker.apps.submission import Submission, SubmissionError
from checker.commands.adding import with_own_checks
from checker.commands.workshop import (
    FAILED,
    FAULT,
    INTERRUPTED,
    PASSED,
    Misuse,
    Workshop,
    shown,
)
from checker.course import STATE, Step
from checker.own_checks import OwnCheckError, announced
from checker.reports.json_report import as_json
from checker.reports.terminal import TO_MEND, show
from checker.running import UnknownCheck, run
from checker.suites.bench import Bench
from checker.verdicts import events
from checker.verdicts.outcomes import Report

_LOOK_EVERY = 0.25  # seconds between two looks for a newer save


def check(options: argparse.Namespace) -> int:
    """Check a step once and say how it went."""
    workshop = Workshop.open(for_program=options.json)
    course = with_own_checks(workshop.course, options.checks)
    step = course[workshop.step(options.step).number - 1]
    folder = _folder(options, step)
    with workshop.bench() as bench:
        recorder = Recorder(workshop.console, quiet=options.json)
        try:
            with recorder:
                run(
                    step,
                    course,
                    _read(folder, step),
                    bench,
                    recorder.take,
                    name=shown(folder),
                    only=options.only or (),
                    seed=options.seed,
                )
        except UnknownCheck as error:
            raise Misuse(str(error)) from None
        except KeyboardInterrupt:
            if recorder.report is None:
                return INTERRUPTED
        report = recorder.report
        assert report is not None
        if options.json:
            print(json.dumps(as_json(report), ensure_ascii=True))
        else:
            show(report, workshop.console, everything=options.all)
            _say_what_is_added(workshop, step)
            _say_what_next(workshop, step, report)
        if folder == step.folder:
            workshop.progress.note(step, report)
            workshop.progress.save()
        return _status(report)


def watch(options: argparse.Namespace) -> int:
    """Check a step again whenever one of its files is saved."""
    import watchfiles

    workshop = Workshop.open()
    step = workshop.step(options.step)
    folder = _folder(options, step)
    with workshop.bench() as bench:
        try:
            # It begins to watch before the first check, so that no save is missed, and then
            # gives what has changed, or nothing at all every tenth of a second.
            watched = watchfiles.watch(
                folder,
                step=10,
                debounce=200,
                rust_timeout=100,
                yield_on_timeout=True,
                force_polling=options.poll or None,
            )
            last: Report | None = None
            for number, changes in enumerate(watched):
                if changes or number == 0:
                    last = _watched_once(
                        workshop, step, folder, bench, last, everything=options.all
                    )
        except KeyboardInterrupt:
            workshop.console.print("Stopped watching.")
    return PASSED


def _watched_once(
    workshop: Workshop,
    step: Step,
    folder: Path,
    bench: Bench,
    last: Report | None,
    *,
    everything: bool,
) -> Report | None:
    """Check what failed first the last time, then everything, unless there is a newer save.

    :param last: the last verdict, if there is one.
    :return: the verdict; the last one again when there is no newer one.
    """
    console = workshop.console
    try:
        submission = _read(folder, step)
    except (SubmissionError, Misuse) as error:
        console.clear()
        console.print(str(error), style="red")
        _say_watching(console, folder)
        return last

    looked = time.monotonic()

    def has_changed(_result: object) -> bool:
        nonlocal looked
        if time.monotonic() < looked + _LOOK_EVERY:
            return False
        looked = time.monotonic()
        try:
            return Submission.read(folder).digest != submission.digest
        except (SubmissionError, OSError):
            return True

    def verdict(*only: str) -> Report | None:
        with Recorder(console, quiet=True) as recorder:
            run(
                step,
                workshop.course,
                submission,
                bench,
                recorder.take,
                name=shown(folder),
                only=only,
                until=has_changed,
            )
        report = recorder.report
        if report is None or not report.finished:
            return None
        console.clear()
        show(report, console, everything=everything)
        return report

    failed = [result.id for result in last.checks if result.verdict in TO_MEND] if last else []
    if failed and verdict(failed[0]) is not None:
        console.print("Checking all the others …", style="bright_black")
    report = verdict()
    if report is None:  # a newer save
        return last
    if folder == step.folder:
        workshop.progress.note(step, report)
        workshop.progress.save()
    _say_watching(console, folder)
    return report


def _say_watching(console: Console, folder: Path) -> None:
    console.print(
        f"Watching {shown(folder)} since {time.strftime('%H:%M:%S')}; Ctrl-C ends.",
        style="bright_black",
    )


class Recorder:
    """Keeps a run's events: in a file, in a report, and on the screen while it goes on."""

    def __init__(self, console: Console, *, quiet: bool) -> None:
        self.report: Report | None = None
        self._stream: TextIO | None = None
        self._live: Live | None = None
        if console.is_terminal and not quiet:
            self._live = Live(Text(""), console=console, transient=True, refresh_per_second=12)

    def __enter__(self) -> Recorder:
        folder = STATE / "runs"
        with contextlib.suppress(OSError):  # a full or read-only disk costs the record, not the run
            folder.mkdir(parents=True, exist_ok=True)
            self._stream = (folder / f"last-{os.getpid()}.jsonl").open("w", encoding="utf-8")
        if self._live is not None:
            self._live.start()
        return self

    def take(self, event: events.Event) -> None:
        """Keep one event."""
        self.report = events.apply(self.report, event)
        if self._stream is not None:
            try:
                events.write(event, self._stream)
            except OSError:
                self._stream = None
        if self._live is not None and self.report is not None:
            done, all_checks = len(self.report.results), len(self.report.checks)
            at = f"  {event.id}" if isinstance(event, events.CheckStarted) else ""
            self._live.update(Text(f"{done} of {all_checks} checks{at}", style="bright_black"))

    def __exit__(self, *_exception: object) -> None:
        if self._live is not None:
            self._live.stop()
        if self._stream is not None:
            with contextlib.suppress(OSError):
                self._stream.close()
                Path(self._stream.name).replace(STATE / "runs" / "last.jsonl")


def _folder(options: argparse.Namespace, step: Step) -> Path:
    if getattr(options, "solution", False):
        return step.solution
    return Path(options.path).resolve() if options.path else step.folder


def _read(folder: Path, step: Step) -> Submission:
    if not folder.is_dir():
        raise Misuse(
            f"{folder} is missing. `python3 -m checker reset {step.number}` brings it back."
            if folder == step.folder
            else f"{folder} is not a folder. Name the folder that holds the app."
        )
    submission = Submission.read(folder)
    submission.paths  # noqa: B018 - a checker.toml that cannot be used is told before anything runs
    return submission


def _say_what_is_added(workshop: Workshop, step: Step) -> None:
    """Say how many checks of the instructor's own are still to come."""
    try:
        number = announced(step) if not step.own else 0
    except OwnCheckError as error:
        raise Misuse(str(error)) from None
    if number:
        checks = "one more check" if number == 1 else f"{number} more checks"
        workshop.console.print(
            f"When your class is graded, {checks} of your instructor's will be asked."
        )


def _say_what_next(workshop: Workshop, step: Step, report: Report) -> None:
    if not report.passed or report.plan.partial or report.plan.submission != shown(step.folder):
        return
    later = [other for other in workshop.course if other.number > step.number]
    if later:
        workshop.console.print("Go on with: python3 -m checker next")
    else:
        workshop.console.print("This is the last step so far.")


def _status(report: Report) -> int:
    if not report.finished:
        return INTERRUPTED
    if report.broken:
        return FAULT
    return PASSED if report.passed else FAILED
