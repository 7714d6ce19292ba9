"""What a process does to itself before it runs somebody's code: namespaces, then no way back.

Linux only; called through the C library, because Python has no calls of its own for it. The
jail around (bubblewrap) hides the machine; this hides one app from the next: its processes, its
files, its network, its shared memory.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from pathlib import Path

_CLONE_NEWNS = 0x00020000
_CLONE_NEWIPC = 0x08000000
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWPID = 0x20000000
_CLONE_NEWNET = 0x40000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT, _MS_BIND = 1, 2, 4, 8, 32, 4096
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 22, 24, 38
_PR_SET_CHILD_SUBREAPER = 36
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1

#: System calls that make namespaces or mounts, look into other processes, read the kernel's log,
#: or hold memory that no limit and no list of processes shows (memfd_create, shmget, semget,
#: msgget). With namespaces an app could mount itself memory without limit; the rest it never
#: needs. Numbers by machine: asm/unistd.h of Linux.
_FORBIDDEN = {
    "x86_64": {
        "arch": 0xC000003E,
        "clone": 56,
        "clone3": 435,
        "calls": (
            *(29, 64, 68, 101, 103, 155, 161, 163, 165, 166, 167, 168, 169, 170, 171, 172, 173),
            *(175, 176, 246, 248, 249, 250, 272, 279, 298, 304, 308, 310, 311, 313, 319, 320, 321),
            *(323, 425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442, 447, 448),
        ),
    },
    "aarch64": {
        "arch": 0xC00000B7,
        "clone": 220,
        "clone3": 435,
        "calls": (
            *(39, 40, 41, 51, 89, 97, 104, 105, 106, 116, 117, 142, 161, 162, 186, 190, 194, 217),
            *(218, 219, 224, 225, 239, 241, 265, 268, 270, 271, 273, 279, 280, 282, 294, 425, 426),
            *(427, 428, 429, 430, 431, 432, 433, 438, 442, 447, 448),
        ),
    },
}

_libc = ctypes.CDLL(None, use_errno=True)


def _call(what: str, result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def enter_world(limits: dict[str, int], store: str) -> None:
    """Give this process and its children a private folder ``store`` that they share.

    It is empty, at most ``limits["files"]`` bytes large, and ends with the last of them.

    :raises OSError: the kernel does not allow it here.
    """
    _unshare(_CLONE_NEWUSER | _CLONE_NEWNS)
    size = f"size={limits['files']},nr_inodes=20000,mode=0755"
    _mount("tmpfs", store, _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, size)


def enter_namespaces(limits: dict[str, int], folder: str, hidden: str) -> None:
    """Give this process's children a process table, a network and private folders of their own.

    ``folder``, ``/tmp`` and ``/dev/shm`` become empty file systems in memory, each of at most
    ``limits["files"]`` bytes; ``hidden`` becomes empty for good. The network is the loopback
    interface and nothing else.

    :raises OSError: the kernel does not allow it here.
    """
    _unshare(_CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC | _CLONE_NEWNET)
    size = f"size={limits['files']},nr_inodes=20000,mode=0755"
    for place in (folder, "/tmp", "/dev/shm"):
        _mount("tmpfs", place, _MS_NOSUID | _MS_NODEV, size)
    unchangeable = _MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    _mount("tmpfs", hidden, unchangeable, "size=4096,nr_inodes=2,mode=0555")
    # Some files of every process of one's own user can be written to there (oom_score_adj).
    _mount(None, "/proc", unchangeable | _MS_REMOUNT | _MS_BIND, None)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP))


def _unshare(flags: int) -> None:
    """Enter new namespaces, a user namespace in which one is who one was among them."""
    user, group = os.getuid(), os.getgid()
    _call("unshare", _libc.unshare(flags))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def _mount(kind: str | None, place: str, flags: int, options: str | None) -> None:
    what = kind.encode() if kind else None
    told = options.encode() if options else None
    _call(f"mount {place}", _libc.mount(what, place.encode(), what, flags, told))


def give_up_privileges() -> None:
    """Drop every capability, forbid new ones, and die when the warden dies.

    :raises OSError: the kernel refused; the submission must not run then.
    """
    for capability in range(64):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)  # unknown numbers are refused: fine
    header = struct.pack("=Ii", 0x20080522, 0)
    _call("capset", _libc.capset(header, bytes(24)))
    _call("no_new_privs", _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _call("parent death signal", _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    _forbid_calls()


def become(user: int) -> None:
    """Become an ordinary user for good (where there is no jail)."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def adopt_orphans() -> None:
    """Become the parent of what one's children leave behind (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_children(seconds: float = 2.0) -> None:
    """End all that descends from this process, those adopted included (Linux; elsewhere nothing).

    :param seconds: how long to try; whoever forks faster than that is left.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and (family := _descendants()):
        for process in family:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _descendants() -> list[int]:
    """Return the numbers of this process's descendants (``ppid`` in proc_pid_stat(5))."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            _, parent = path.read_text(errors="replace").rpartition(")")[2].split()[:2]
            children.setdefault(int(parent), []).append(int(path.parent.name))
    found = list(children.get(os.getpid(), ()))
    for process in found:  # grows while it is read
        found += children.get(process, ())
    return found


def _forbid_calls() -> None:
    """Install the seccomp filter; on machines that are not in the table there is none."""
    table = _FORBIDDEN.get(platform.machine())
    if table is None:
        return
    program = _filter(table)

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    given = Program(len(program) // 8, program)
    _call("seccomp", _libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(given), 0, 0))


def _filter(table: dict[str, object]) -> bytes:
    """Assemble the filter in classic BPF: a few loads, comparisons and returns."""
    load, equal, at_least, any_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, refuse, missing = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38  # EPERM, ENOSYS
    calls = table["calls"]
    assert isinstance(calls, tuple)
    namespaces = 0x7E020000  # CLONE_NEW*: cgroup, uts, ipc, user, pid, net, mount
    after = len(calls)
    steps = [
        (load, 0, 0, 4),  # which machine's numbers?
        (equal, 1, 0, table["arch"]),
        (give, 0, 0, 0x80000000),  # another one's: end the process
        (load, 0, 0, 0),  # which call?
        (at_least, 0, 1, 0x40000000),  # the x32 numbers
        (give, 0, 0, refuse),
        (equal, 0, 1, table["clone3"]),  # its flags cannot be seen: let the C library use clone
        (give, 0, 0, missing),
        (equal, 0, 4, table["clone"]),
        (load, 0, 0, 16),
        (any_bit, 0, 1, namespaces),
        (give, 0, 0, refuse),
        (give, 0, 0, allow),
        *((equal, after - index, 0, call) for index, call in enumerate(calls)),
        (give, 0, 0, allow),
        (give, 0, 0, refuse),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
