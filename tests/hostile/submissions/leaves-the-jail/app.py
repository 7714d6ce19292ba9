"""New namespaces, mounts, another root, tracing, more rights, higher limits."""

import ctypes
import os
import resource

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    libc = ctypes.CDLL(None)
    done = [libc.unshare(flag) for flag in (0x10000000, 0x00020000, 0x40000000, 0x20000000)]
    done += [libc.mount(b"x", b"/tmp", b"tmpfs", 0, None), libc.umount2(b"/tmp", 2)]
    done += [libc.chroot(b"/tmp"), libc.ptrace(16, 1, 0, 0), libc.setuid(0), libc.setgid(0)]
    done += [libc.setns(0, 0), libc.reboot(0), libc.sethostname(b"x", 1), libc.klogctl(10, None, 0)]
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE):
        try:
            resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            done.append(limit)
        except (OSError, ValueError):
            done.append(-1)
    status = open("/proc/self/status").read()
    power = [line for line in status.splitlines() if line.startswith("Cap") and not line.endswith("0" * 16)]
    return f"done: {set(done)} {power} {0 in (os.getuid(), os.geteuid(), os.getgid())}"
