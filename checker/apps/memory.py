"""How much memory a tree of processes holds.

The kernel's own limits are per process, and a control group is not to be had everywhere; so the
checker looks for itself, while it waits for an app and between two requests.
"""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path

import psutil

_KIB = 1024
_FIELDS = re.compile(r"^(?:VmRSS|VmSwap|Pss|SwapPss):\s+(\d+) kB$", re.MULTILINE)
#: Anonymous memory that several processes may share (proc_pid_maps(5)): it is held even when no
#: process has it in its working set, so its size counts.
_SHARED = re.compile(
    r"^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ (\S+ \d+) +/(?:dev/zero|memfd:|SYSV)", re.MULTILINE
)


def used_below(root: int, limit: int) -> int:
    """Return the bytes that the descendants of a process hold, shared pages counted once.

    The cheap figure first, in which shared pages count several times: only when it is over the
    limit, the kernel is asked to divide them (``Pss`` in proc_pid_smaps(5)), which is slow.
    Without ``/proc`` the cheap figure has to do.
    """
    if sys.platform != "linux":
        return _resident(root)
    processes = _descendants(root)
    shared: dict[str, int] = {}
    total = 0
    for process in processes:
        total += _kilobytes(process, "status") * _KIB
        for identity, size in _shared_mappings(process):
            shared[identity] = max(size, shared.get(identity, 0))
    if total > limit:
        total = sum(
            (_kilobytes(process, "smaps_rollup") or _kilobytes(process, "status")) * _KIB
            for process in processes
        )
    return total + sum(shared.values())


def _descendants(root: int) -> list[int]:
    """Return the numbers of all descendants; those that end meanwhile may be missing."""
    found = [root]
    for process in found:  # grows while it is read
        with contextlib.suppress(OSError):  # of the folder too: it ended while it was listed
            for thread in Path(f"/proc/{process}/task").iterdir():
                with contextlib.suppress(OSError):
                    found += map(int, (thread / "children").read_text().split())
    if len(found) == 1:  # a kernel without that file
        with contextlib.suppress(psutil.Error):
            found += [child.pid for child in psutil.Process(root).children(recursive=True)]
    return found[1:]


def _kilobytes(process: int, file: str) -> int:
    return sum(map(int, _FIELDS.findall(_read(process, file))))


def _shared_mappings(process: int) -> list[tuple[str, int]]:
    return [
        (identity, int(end, 16) - int(start, 16))
        for start, end, identity in _SHARED.findall(_read(process, "maps"))
    ]


def _read(process: int, file: str) -> str:
    try:
        return Path(f"/proc/{process}/{file}").read_text(errors="replace")
    except OSError:
        return ""


def _resident(root: int) -> int:
    resident = 0
    with contextlib.suppress(psutil.Error):
        for process in psutil.Process(root).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                resident += process.memory_info().rss
    return resident
