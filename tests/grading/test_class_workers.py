"""Workers that are lost, stuck or slow cost no student anything."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

import psutil
import pytest

from checker.apps.limits import Limits
from checker.apps.submission import Submission
from checker.course import STATE
from checker.grading import fairness, work
from checker.grading.executors import Processes
from checker.grading.fingerprint import checks_digest
from checker.grading.jobs import Job, NotGraded, Unfit
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Verdict
from tests.grading.class_of import COURSE

STEP = COURSE[0]
SLOW = """
import time

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    time.sleep(0.7)
    fields = '<input name="username"><input name="password" type="password">'
    return f'<form method="post">{fields}<button>Log in</button></form>'
"""


@pytest.fixture
def processes() -> Iterator[Processes]:
    executor = Processes(2)
    yield executor
    executor.shutdown()


def dies(when_there_is: str, proof: str) -> int:
    """End this worker as the kernel does for want of memory, unless it was tried before."""
    if not os.path.exists(when_there_is):  # noqa: PTH110 - os alone, in a new process
        with open(proof, "a") as file:  # noqa: PTH123
            file.write("x")
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def test_a_lost_worker_is_replaced_and_its_job_done(processes: Processes, tmp_path: Path):
    proof = str(tmp_path / "tried")
    elsewhere = processes.submit(os.getpid)
    done = processes.submit(dies, proof, proof)
    assert done.result(30) not in (os.getpid(), elsewhere.result(30))
    assert Path(proof).read_text() == "x"


def test_what_kills_every_worker_is_given_up_and_the_others_go_on(
    processes: Processes, tmp_path: Path
):
    deadly = processes.submit(dies, str(tmp_path / "never"), str(tmp_path / "tried"))
    others = [processes.submit(pow, 2, number) for number in range(4)]
    with pytest.raises(BrokenProcessPool):
        deadly.result(30)
    assert (tmp_path / "tried").read_text() == "xx"
    assert [other.result(30) for other in others] == [1, 2, 4, 8]


def waits_for_ever() -> None:
    """Hang as a fault of the checker's own would."""
    with work._Watched(Bench(STATE, Limits(run_seconds=0.1)), spare_seconds=0.2):
        time.sleep(600)


def test_a_stuck_worker_ends_itself(processes: Processes, capfd: pytest.CaptureFixture[str]):
    begin = time.monotonic()
    with pytest.raises(BrokenProcessPool):
        processes.submit(waits_for_ever).result(60)
    assert time.monotonic() - begin < 30
    assert "Timeout (0:00:00.400000)!" in capfd.readouterr().err


def test_without_waiting_the_workers_are_gone_at_once(tmp_path: Path):
    executor = Processes(1)
    pid = executor.submit(os.getpid).result(30)
    executor.submit(time.sleep, 600)
    begin = time.monotonic()
    executor.shutdown(wait=False, cancel_futures=True)
    assert time.monotonic() - begin < 10
    assert not psutil.pid_exists(pid)


# -- one worker, in this process -------------------------------------------------------------------


@pytest.fixture(scope="module")
def worker() -> Iterator[work._Worker]:
    made = work._Worker()
    yield made
    made._close()


def job(submission: Submission, **more: object) -> Job:
    digest = checks_digest(STEP, COURSE)
    return Job("somebody", 1, submission, 1, digest, **more)  # type: ignore[arg-type]


def test_with_other_checks_a_worker_refuses_to_grade(worker: work._Worker):
    other = Job("somebody", 1, Submission({}), 1, "another digest")
    with pytest.raises(Unfit, match="A worker has other checks than this machine"):
        worker.grade(other)


def test_without_a_jail_a_worker_refuses_unless_told(
    worker: work._Worker, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(work, "why_not_isolated", lambda: "bubblewrap is not installed")
    with pytest.raises(Unfit, match=r"There is no jail.*bubblewrap is not installed"):
        worker.grade(job(Submission({})))
    work._make_sure(job(Submission({}), without_jail=True), STEP)


def test_a_server_that_cannot_be_had_is_no_verdict(
    worker: work._Worker, monkeypatch: pytest.MonkeyPatch
):
    worker._close()
    monkeypatch.setenv("MYSQL_HOST", "127.0.0.1")
    monkeypatch.setenv("MYSQL_PORT", "1")
    worker._patience[1] = 1
    with pytest.raises(NotGraded, match="ServerError: No database server answers"):
        worker.grade(job(Submission({"app.py": SLOW.encode()})))


@pytest.mark.parametrize(
    "reference, verdict, patience",
    [
        ([0.01, 0.01], Verdict.TIMEOUT, 1),  # the machine was as fast as before: it was the app
        ([0.01, 0.05], Verdict.PASSED, 2),  # the machine was busy: with more patience it passes
        ([0.05], Verdict.PASSED, 2),  # it was busy from the beginning
    ],
)
def test_a_time_out_counts_only_where_the_machine_is_not_to_blame(
    worker: work._Worker, monkeypatch: pytest.MonkeyPatch, reference, verdict, patience
):
    monkeypatch.setattr(fairness, "Limits", partial(Limits, request_seconds=0.5))
    seconds = iter(reference)
    monkeypatch.setattr(fairness, "measured", lambda *_arguments: next(seconds))
    worker._patience.clear()
    report, given = worker.grade(job(Submission({"app.py": SLOW.encode()}), only=("login-form",)))
    assert report.results["login-form"].verdict is verdict
    assert given == patience
    assert next(seconds, None) is None


def test_the_reference_is_measured_here_and_now(worker: work._Worker):
    worker._patience[1] = 1
    with worker._watched(STEP) as bench:
        seconds = fairness.measured(STEP, COURSE, bench)
    assert 0 < seconds < Limits().request_seconds


@pytest.mark.parametrize(
    "seconds, patience", [(0.0, 1), (0.2, 1), (0.21, 2), (0.4, 2), (1.0, 5), (60.0, 10)]
)
def test_patience_grows_with_what_the_reference_needs(seconds: float, patience: int):
    assert fairness.patience_for(seconds) == patience


def test_with_patience_times_grow_and_sizes_do_not():
    usual, patient = fairness.limits(1), fairness.limits(3)
    assert usual == Limits()
    assert patient.request_seconds == 3 * usual.request_seconds
    assert patient.run_seconds == 3 * usual.run_seconds
    assert patient.for_zygote() == usual.for_zygote()
