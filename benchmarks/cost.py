"""What a command, or a stretch of this process, costs: seconds on the clock and on processors.

Processor seconds are those of a whole process tree. The system counts a process's children when
they are waited for; those whose parents ended first come to us (:func:`adopt`), are waited for and
counted as well.
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


class CommandFailed(BenchmarkError):
    """A measured command did not do what it should; the text has what it printed."""


@dataclass
class Cost:
    """What something took.

    :ivar wall: seconds on the clock.
    :ivar cpu: processor seconds, user and system, of everything that ran for it.
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
    server: psutil.Process | None = None,
    codes: Sequence[int] = (0,),
    together: bool = True,
    leaves_orphans: bool = False,
    watch: Callable[[psutil.Process], None] | None = None,
) -> Cost:
    """Run a command to its end and return what it cost.

    :param environment: variables besides this process's own.
    :param server: a database server that works for it; its processor time is added.
    :param codes: exit codes that are all right.
    :param together: put into the output what it prints on standard error as well.
    :param leaves_orphans: wait for and count what outlives it; no other command may be running.
    :param watch: called in a thread of its own with the command's process.
    :raises CommandFailed: it ended with another one.
    """
    known = {each.pid for each in psutil.Process().children()}
    before = seconds_of(server)
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
        _pid, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = code = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode(errors="replace")
    if code not in codes:
        raise CommandFailed(f"{' '.join(line)} ended with {code}:\n{said[-2000:]}")
    cpu = used.ru_utime + used.ru_stime + seconds_of(server) - before
    return Cost(wall, cpu + (_of_orphans(known) if leaves_orphans else 0.0), code, said)


def adopt() -> None:
    """Make this process the one that inherits what its descendants leave behind, as `init` is."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _of_orphans(known: set[int]) -> float:
    """Wait for every child that is not among those known, and return what they used."""
    seconds = 0.0
    while left := [each.pid for each in psutil.Process().children() if each.pid not in known]:
        _pid, _status, used = os.wait4(left[0], 0)
        seconds += used.ru_utime + used.ru_stime
    return seconds


@contextlib.contextmanager
def here() -> Iterator[Cost]:
    """Measure what this process does meanwhile, and all below it, the servers that it started."""
    cost = Cost()
    begin, before = time.perf_counter(), _of_this_tree()
    yield cost
    cost.wall = time.perf_counter() - begin
    cost.cpu = _of_this_tree() - before


def seconds_of(process: psutil.Process | None) -> float:
    """Return the processor seconds that a process has used, with those of children waited for."""
    if process is None:
        return 0.0
    times = process.cpu_times()
    return float(sum(times[:4]))


def _of_this_tree() -> float:
    this = psutil.Process()
    total = 0.0
    for process in (this, *this.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            total += seconds_of(process)
    return total
