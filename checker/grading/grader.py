"""The main loop: what has to be graded, handed to the workers, and kept as it comes back."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import platform
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field, replace
from typing import Protocol

from checker.apps.submission import Submission
from checker.course import Step, checks_of
from checker.grading import work
from checker.grading.again import with_what_waits
from checker.grading.contents import Contents
from checker.grading.discover import Found
from checker.grading.fingerprint import checks_digest
from checker.grading.jobs import Graded, Job, Unfit
from checker.grading.refusals import Refused
from checker.grading.results import Refusal
from checker.grading.store import Kept, Store
from checker.reports.json_report import as_json
from checker.verdicts.outcomes import CheckResult, Notice, Plan, Report, Verdict

#: Jobs per worker that are read into memory: one at work and one that waits.
_AHEAD = 2


class Teller(Protocol):
    """Whoever is told how it goes on."""

    def planned(self, todo: Mapping[str, int], done: int) -> None:
        """So many jobs are left for each submission, and so many in all need not be done."""

    def began(self, what: str) -> None:
        """Something begins that takes a while."""

    def running(self) -> None:
        """The workers begin; what was told as graded before took no time."""

    def refused(self, source: str, refusal: Refusal) -> None:
        """A submission cannot be graded."""

    def graded(self, source: str, step: int, kept: Kept, changed: str, patience: int) -> None:
        """A job is done and kept."""

    def failed(self, source: str, step: int, why: str) -> None:
        """A job could not be done; the checker's fault. The next start tries it again."""


@dataclass
class _Task:
    """One grade that is still to be made.

    :ivar unread: why there is nothing to run, when there is not.
    """

    found: Found
    step: Step
    folder: str
    only: tuple[str, ...] = ()
    unread: Notice | None = None


@dataclass
class Grader:
    """Grades a class.

    :ivar steps: those that are graded; :attr:`course` has them all.
    :ivar executor: where the workers are, :attr:`workers` of them.
    :ivar own: files with checks of the instructor's own, which :attr:`course` has already.
    """

    store: Store
    course: list[Step]
    steps: Sequence[Step]
    executor: Executor
    workers: int
    teller: Teller
    without_jail: bool = False
    own: tuple[tuple[str, str], ...] = ()
    _digests: dict[int, str] = field(default_factory=dict)

    def grade(self, submissions: Sequence[Found]) -> None:
        """Grade what is not graded yet, or not any more.

        :raises Unfit: nothing can be graded rightly; what is kept is kept.
        :raises StoreError: nothing can be kept any more.
        """
        self._digests = {step.number: checks_digest(step, self.course) for step in self.steps}
        kept = self.store.kept()
        tasks: list[_Task] = []
        readable = 0
        for found in submissions:
            try:
                tasks += self._tasks(found, kept)
                readable += 1
            except Refused as refused:
                self.store.refuse(found.source, refused.refusal)
                self.teller.refused(found.source, refused.refusal)
        todo = Counter(task.found.source for task in tasks)
        self.teller.planned(todo, readable * len(self.steps) - len(tasks))
        to_run = []
        for task in tasks:
            if task.unread is None:
                to_run.append(task)
            else:
                self._keep_unread(task, task.unread)
        if to_run:
            self._try_the_reference()
            self.teller.running()
        for task, future in self._done(self._jobs(to_run)):
            try:
                graded = future.result()
            except Unfit:
                raise
            except (Exception, asyncio.CancelledError) as error:  # Dask raises the latter
                self.teller.failed(task.found.source, task.step.number, _said(error))
            else:
                self._keep(task, graded)

    # -- what is to be done ---------------------------------------------------------------------

    def _tasks(self, found: Found, kept: dict[tuple[str, int], Kept]) -> Iterator[_Task]:
        """Yield what is to be done for a submission.

        :raises Refused: nothing can be done with it.
        """
        contents = Contents(found.parts)
        folders = contents.steps(self.course)
        asked_again = self.store.asked_again()
        for step in self.steps:
            key = (found.source, step.number)
            task, digest = self._task(found, contents, step, folders.get(step.number))
            stands = _stands(kept.get(key), digest, self._digests[step.number])
            if key not in asked_again:
                if not stands:
                    yield task
            else:
                if stands and task.unread is None and (checks := asked_again[key]):
                    task.only = with_what_waits(checks, checks_of(step, self.course))
                yield task

    def _task(
        self, found: Found, contents: Contents, step: Step, folder: str | None
    ) -> tuple[_Task, str]:
        """Return what is to be done for a step, and the digest of what it is about."""
        task = _Task(found, step, folder or "")
        if folder is None:
            text = f"There is no folder for step {step.number}; it is called {step.name}."
            task.unread = Notice("missing", text)
        else:
            try:
                return task, contents.submission(folder).digest
            except Refused as refused:
                task.unread = Notice("refused", str(refused))
        return task, _digest_of(task.unread)

    def _jobs(self, tasks: Sequence[_Task]) -> Iterator[tuple[_Task, Job]]:
        """Read each submission when it is its turn."""
        for task in tasks:
            try:
                submission = Contents(task.found.parts).submission(task.folder)
            except Refused as refused:  # it was another one a moment ago
                self._keep_unread(task, Notice("refused", str(refused)))
            else:
                yield task, self._job(submission, task.found.source, task.step, task.only)

    def _keep_unread(self, task: _Task, notice: Notice) -> None:
        self._keep(task, _nothing_run(task.step, self.course, task.found.source, notice))

    def _job(
        self, submission: Submission, name: str, step: Step, only: tuple[str, ...] = ()
    ) -> Job:
        return Job(
            name=name,
            step=step.number,
            submission=submission,
            seed=self._seed(submission, step),
            checks=self._digests[step.number],
            only=only,
            own=self.own,
            without_jail=self.without_jail,
        )

    def _seed(self, submission: Submission, step: Step) -> int:
        """Return the same seed for the same submission, whenever and wherever it is graded."""
        message = f"{submission.digest}:{step.name}".encode()
        made = hmac.digest(self.store.secret, message, "sha256")
        return int.from_bytes(made[:4], "big")

    # -- doing it -------------------------------------------------------------------------------

    def _try_the_reference(self) -> None:
        """Grade the reference solutions first: where these fail, no grade would be right."""
        waiting: dict[Future[Graded], Step] = {}
        for step in self.steps:
            if self.store.noted(f"reference {step.number}") != self._state(step):
                job = self._job(Submission.read(step.solution), "the reference solution", step)
                waiting[self.executor.submit(work.grade, job)] = step
        if waiting:
            self.teller.began("Trying the reference solution on this machine")
        for future, step in waiting.items():
            try:
                report = json.loads(future.result().report)
            except Unfit:
                raise
            except Exception as error:
                raise Unfit(f"Nothing can be graded: {_said(error)}") from error
            if not report["passed"]:
                lost = [c for c in report["checks"] if c["verdict"] not in ("passed", "flaky")]
                raise Unfit(
                    f"The reference solution of step {step.number} does not pass here: "
                    f"{lost[0]['id']}: {lost[0]['seen']} Grades would be wrong."
                )
            self.store.note(f"reference {step.number}", self._state(step))

    def _state(self, step: Step) -> str:
        """Return what the reference's passing depends on, as far as it can change."""
        return f"{self._digests[step.number]} {platform.node()} {platform.python_version()}"

    def _done(self, jobs: Iterator[tuple[_Task, Job]]) -> Iterator[tuple[_Task, Future[Graded]]]:
        """Keep the workers busy, and yield what is done, in whatever order."""
        running: dict[Future[Graded], _Task] = {}
        more = True
        while more or running:
            while more and len(running) < _AHEAD * self.workers:
                if (following := next(jobs, None)) is None:
                    more = False
                else:
                    task, job = following
                    running[self.executor.submit(work.grade, job)] = task
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future

    def _keep(self, task: _Task, graded: Graded) -> None:
        step = task.step.number
        kept, changed = self.store.keep(task.found.source, step, self._digests[step], graded)
        self.teller.graded(task.found.source, step, kept, changed, graded.patience)


def _stands(before: Kept | None, submission: str, checks: str) -> bool:
    """Tell whether a grade is still what would come out; a fault of ours is no grade."""
    return (
        before is not None
        and (before.submission, before.checks) == (submission, checks)
        and not before.faults
    )


def _nothing_run(step: Step, course: list[Step], source: str, notice: Notice) -> Graded:
    """Return the grade of a step for which there is nothing to run: no points, and why."""
    first, *others = [
        CheckResult(
            id=each.check.id,
            title=each.check.title,
            verdict=Verdict.BLOCKED,
            points=0,
            max_points=each.points,
            since=each.since.number,
            lesson=f"steps/{each.since.name}/README.md#{each.check.lesson}",
        )
        for each in checks_of(step, course)
    ]
    expected = "The submission holds the app of this step."
    first = replace(first, verdict=Verdict.FAILED, expected=expected, seen=notice.text)
    others = [replace(result, blocked_by=first.id) for result in others]
    digest = _digest_of(notice)
    plan = Plan(step.number, step.name, step.title, source, digest, 0, {}, True, (first, *others))
    report = Report(plan, notices=[notice], finished=True)
    return Graded(json.dumps(as_json(report)), 0.0, 1)


def _digest_of(notice: Notice) -> str:
    return hashlib.sha256(notice.text.encode()).hexdigest()


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text or f"the worker was lost ({type(error).__name__})"
