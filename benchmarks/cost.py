"""What a command, or a stretch of this process, costs: seconds on the clock and on processors.

Processor seconds are those of the whole machine meanwhile. The system counts a process's children
only where they are waited for, and in a jail most are not: asked that way, the checker would seem
to cost half of what it does. So nothing else may be running, and :func:`idle` says what that
machine does by itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.errors import BenchmarkError

_PR_SET_CHILD_SUBREAPER = 36
_WORK = ("user", "nice", "system", "irq", "softirq")


class CommandFailed(BenchmarkError):
    """A measured command did not do what it should; the text has what it printed."""


@dataclass
class Cost:
    """What something took.

    :ivar wall: seconds on the clock.
    :ivar cpu: processor seconds, user and system, of everything that ran meanwhile.
    :ivar output: what it printed on standard output.
    """

    wall: float = 0.0
    cpu: float = 0.0
    code: int = 0
    output: str = ""


def command(
    line: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    codes: Sequence[int] = (0,),
    together: bool = True,
    leaves_orphans: bool = False,
    watch: Callable[[psutil.Process], None] | None = None,
) -> Cost:
    """Run a command to its end and return what it cost.

    :param environment: variables besides this process's own.
    :param codes: exit codes that are all right.
    :param together: put into the output what it prints on standard error as well.
    :param leaves_orphans: wait for what outlives it as well; no other command may be running.
    :param watch: called in a thread of its own with the command's process.
    :raises CommandFailed: it ended with another one.
    """
    known = {each.pid for each in psutil.Process().children()}
    before = busy()
    with tempfile.TemporaryFile() as output:
        begin = time.perf_counter()
        process = subprocess.Popen(
            line,
            cwd=folder,
            env=os.environ | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if together else subprocess.DEVNULL,
        )
        if watch is not None:
            below = psutil.Process(process.pid)
            threading.Thread(target=watch, args=[below], daemon=True).start()
        _pid, status = os.waitpid(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = code = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode(errors="replace")
    if code not in codes:
        raise CommandFailed(f"{' '.join(line)} ended with {code}:\n{said[-2000:]}")
    if leaves_orphans:
        _wait_for_orphans(known)
    return Cost(wall, busy() - before, code, said)


def adopt() -> None:
    """Make this process the one that inherits what its descendants leave behind, as `init` is."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _wait_for_orphans(known: set[int]) -> None:
    """Wait for every child that is not among those known."""
    while left := [each.pid for each in psutil.Process().children() if each.pid not in known]:
        os.waitpid(left[0], 0)


@contextlib.contextmanager
def here() -> Iterator[Cost]:
    """Measure what is done meanwhile, by this process and all others."""
    cost = Cost()
    begin, before = time.perf_counter(), busy()
    yield cost
    cost.wall = time.perf_counter() - begin
    cost.cpu = busy() - before


def busy() -> float:
    """Return the seconds that the machine's processors have worked since it was started."""
    times = psutil.cpu_times()
    return float(sum(getattr(times, kind, 0.0) for kind in _WORK))


def idle(seconds: float = 2.0) -> float:
    """Return how many processors the machine keeps busy while the benchmark does nothing."""
    before = busy()
    time.sleep(seconds)
    return (busy() - before) / seconds
