"""The memory of a tree of processes, measured from outside while it comes and goes."""

import os
import signal
import subprocess
import sys
import time

from checker.apps.memory import used_below

_MIB = 1024 * 1024
_HOLDER = "data = bytearray(64 * 1024 * 1024); data[::4096] = b'x' * len(data[::4096]); "
_LIMIT = 1024 * _MIB


def _started(source: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", source], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_what_a_grandchild_holds_counts():
    said = "print(flush=True); import time; time.sleep(60)"
    with _started(f"import os; os.fork(); {_HOLDER}{said}") as process:
        assert process.stdout is not None
        process.stdout.readline()  # both hold it now
        try:
            # Of the process itself, nothing counts: only of what it has started.
            assert 60 * _MIB < used_below(process.pid, _LIMIT) < 120 * _MIB
            assert used_below(os.getpid(), _LIMIT) > 120 * _MIB
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def test_processes_that_end_while_they_are_looked_at_disturb_nothing():
    source = "import os; print(flush=True)\nwhile True: os.fork() or os._exit(0); os.wait()"
    with _started(source) as process:
        end = time.monotonic() + 0.5
        looks = 0
        try:
            while time.monotonic() < end:
                assert used_below(process.pid, _LIMIT) < _LIMIT
                looks += 1
        finally:
            os.killpg(process.pid, signal.SIGKILL)
        assert looks > 10
