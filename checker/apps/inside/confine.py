"""What a process does to itself before it runs somebody's code: namespaces, then no way back.

Linux only; called through the C library, because Python has no calls of its own for it. The
jail around (bubblewrap) hides the machine; this hides one app from the next.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from pathlib import Path

_CLONE_NEWNS = 0x00020000
_CLONE_NEWIPC = 0x08000000
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWPID = 0x20000000
_MS_NOSUID, _MS_NODEV = 2, 4
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 22, 24, 38
_SIGKILL = 9

#: System calls that make namespaces, mounts or look into other processes. With namespaces an
#: app could mount itself memory without limit; the rest it never needs. Numbers by machine:
#: asm/unistd.h of Linux.
_FORBIDDEN = {
    "x86_64": {
        "arch": 0xC000003E,
        "clone": 56,
        "clone3": 435,
        "calls": (
            *(101, 155, 161, 163, 165, 166, 167, 168, 169, 170, 171, 172, 173, 175, 176, 246),
            *(248, 249, 250, 272, 279, 298, 304, 308, 310, 311, 313, 320, 321, 323, 425, 426),
            *(427, 428, 429, 430, 431, 432, 433, 442, 448),
        ),
    },
    "aarch64": {
        "arch": 0xC00000B7,
        "clone": 220,
        "clone3": 435,
        "calls": (
            *(39, 40, 41, 51, 89, 97, 104, 105, 106, 117, 142, 161, 162, 217, 218, 219, 224, 225),
            *(239, 241, 265, 268, 270, 271, 273, 280, 282, 294, 425, 426, 427, 428, 429, 430),
            *(431, 432, 433, 442, 448),
        ),
    },
}

_libc = ctypes.CDLL(None, use_errno=True)


def _call(what: str, result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def enter_namespaces(limits: dict[str, int], folder: str) -> None:
    """Give this process's children a process table and private folders of their own.

    ``folder``, ``/tmp`` and ``/dev/shm`` become empty file systems in memory, each of at most
    ``limits["files"]`` bytes.

    :raises OSError: the kernel does not allow it here.
    """
    user, group = os.getuid(), os.getgid()
    flags = _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC
    _call("unshare", _libc.unshare(flags))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    size = b"size=%d,nr_inodes=20000,mode=0755" % limits["files"]
    for place in (folder, "/tmp", "/dev/shm"):
        _call(
            f"mount {place}",
            _libc.mount(b"tmpfs", place.encode(), b"tmpfs", _MS_NOSUID | _MS_NODEV, size),
        )


def give_up_privileges() -> None:
    """Drop every capability, forbid new ones, and die when the warden dies.

    :raises OSError: the kernel refused; the submission must not run then.
    """
    for capability in range(64):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)  # unknown numbers are refused: fine
    header = struct.pack("=Ii", 0x20080522, 0)
    _call("capset", _libc.capset(header, bytes(24)))
    _call("no_new_privs", _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _call("parent death signal", _libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0))
    _forbid_calls()


def become(user: int) -> None:
    """Become an ordinary user for good (where there is no jail)."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


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
