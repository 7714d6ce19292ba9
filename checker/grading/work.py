"""What a worker does: it keeps a server and a jail warm, and grades one job after the other.

A worker is a process of its own, or a thread of a Dask worker. Whatever happens in it, it gives
back a :class:`Graded`, or raises, or is gone; which of these, the main loop tells apart.
"""

from __future__ import annotations

import atexit
import faulthandler
import json
import threading
import time
from functools import cache

from checker.apps.jail import why_not_isolated
from checker.course import STATE, Step, steps
from checker.grading import fairness
from checker.grading.fingerprint import checks_digest
from checker.grading.jobs import Graded, Job, NotGraded, Unfit
from checker.own_checks import added
from checker.reports.json_report import as_json
from checker.running import run
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Report

#: A worker that takes longer than its job can take is stuck, and ends itself: seconds on top.
_SPARE_SECONDS = 120
_MOST_RUNS = 3

#: The alarm of a stuck job is one for the whole process: threads of one worker wait for each other.
_alone = threading.Lock()
#: A bench belongs to the thread that made it.
_mine = threading.local()


@cache
def _course(own: tuple[tuple[str, str], ...] = ()) -> list[Step]:
    """Return the course, with checks of the instructor's own if there are any."""
    return added(steps(), dict(own))


def grade(job: Job) -> Graded:
    """Grade one submission in one step.

    :raises Unfit: this machine would give wrong grades.
    :raises NotGraded: it did not work, and did not work again with everything started anew.
    """
    with _alone:
        worker: _Worker | None = getattr(_mine, "worker", None)
        if worker is None:
            worker = _mine.worker = _Worker()
        begin = time.monotonic()
        report, patience = worker.grade(job)
        text = json.dumps(as_json(report), ensure_ascii=True)
        return Graded(text, time.monotonic() - begin, patience)


class _Worker:
    def __init__(self) -> None:
        self._bench: Bench | None = None
        self._patience: dict[int, int] = {}
        atexit.register(self._close)

    def grade(self, job: Job) -> tuple[Report, int]:
        step = _course(job.own)[job.step - 1]
        _make_sure(job, step)
        if step.number not in self._patience:
            self._patience[step.number] = 1
            self._patience[step.number] = self._patience_now(step)
        report = self._run(job, step)
        for number in range(1, _MOST_RUNS):
            if not fairness.timed_out(report):
                break
            # Was it the app that was slow, or this machine? The reference tells.
            patience = self._patience[step.number]
            now = self._patience_now(step)
            repeated = number > 1 or fairness.repeats_time_outs(report, fairness.limits(patience))
            if now <= patience and repeated:
                break
            self._patience[step.number] = max(now, patience)
            report = self._run(job, step)
        return report, self._patience[step.number]

    def _patience_now(self, step: Step) -> int:
        with self._watched(step) as bench:
            return fairness.patience_for(fairness.measured(step, _course(), bench))

    def _run(self, job: Job, step: Step) -> Report:
        """Run a job; once more, with everything started anew, when the checker itself failed."""
        failure: Exception | None = None
        report: Report | None = None
        for _attempt in range(2):
            try:
                with self._watched(step) as bench:
                    report = run(
                        step,
                        _course(job.own),
                        job.submission,
                        bench,
                        name=job.name,
                        only=job.only,
                        seed=job.seed,
                    )
            except Exception as error:
                failure = error
            if report is not None and not report.broken:
                return report
            self._close()
        if report is None:
            raise NotGraded(f"{type(failure).__name__}: {failure}")
        return report

    def _watched(self, step: Step) -> _Watched:
        limits = fairness.limits(self._patience[step.number])
        if self._bench is None or self._bench.limits != limits:
            self._close()
            self._bench = Bench(STATE / "cache", limits)
        return _Watched(self._bench)

    def _close(self) -> None:
        bench, self._bench = self._bench, None
        if bench is not None:
            bench.close()


class _Watched:
    """A bench, and an end to this process if what is done with it never ends."""

    def __init__(self, bench: Bench, spare_seconds: float = _SPARE_SECONDS) -> None:
        self._bench = bench
        self._seconds = 2 * bench.limits.run_seconds + spare_seconds

    def __enter__(self) -> Bench:
        # To the descriptor: what stands for standard error may be none.
        faulthandler.dump_traceback_later(self._seconds, exit=True, file=2)
        return self._bench

    def __exit__(self, *_exception: object) -> None:
        faulthandler.cancel_dump_traceback_later()


def _make_sure(job: Job, step: Step) -> None:
    """Raise :class:`Unfit` where the job would be judged otherwise than it has to be."""
    if checks_digest(step, _course(job.own)) != job.checks:
        raise Unfit(
            "A worker has other checks than this machine. Bring its copy of the project to the "
            "same version, and start it again."
        )
    if not job.without_jail and (why_not := why_not_isolated()) is not None:
        raise Unfit(
            f"There is no jail for the submissions: {why_not}. Mend that "
            "(`python3 -m checker doctor`), or add --no-jail if you trust every submission."
        )
