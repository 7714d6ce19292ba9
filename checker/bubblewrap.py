"""What every jail is made of: bubblewrap's options for an empty machine, and the user in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

#: Nobody: the user that everything in a jail runs as when the checker is root.
UNPRIVILEGED = 65534


def empty_machine(hostname: str, environment: Mapping[str, str], bwrap: str = "bwrap") -> list[str]:
    """Return a command that shows the system's programs and nothing else; more may be appended.

    It has no network, no other process and no writable place, and ends with the thread that
    starts it.

    :param environment: all variables that there are.
    """
    command = [bwrap, "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    command += ["--unshare-cgroup-try", "--hostname", hostname, "--die-with-parent"]
    command += ["--new-session", "--clearenv"]
    for name, value in environment.items():
        command += ["--setenv", name, value]
    if os.geteuid() != 0:
        command += ["--unshare-user"]
    command += ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        path = Path("/", name)
        if path.is_symlink():
            command += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            command += ["--ro-bind", str(path), str(path)]
    command += ["--dir", "/etc"]
    for name in ("ld.so.cache", "alternatives", "localtime"):
        command += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    return command


def parts_of(installation: Path, *names: str) -> list[str]:
    """Return the options that show these folders of an installation outside ``/usr``."""
    if installation.is_relative_to("/usr"):
        return []
    options: list[str] = []
    for folder in (*reversed(installation.parents), installation):
        options += ["--dir", str(folder)]  # made by bubblewrap itself, only root could enter
    for name in names:  # not all of it: it can be somebody's home
        if (installation / name).is_dir():
            options += ["--ro-bind", str(installation / name), str(installation / name)]
    return options


def as_nobody(*, setpriv: str = "setpriv", dies_with_parent: bool = False) -> list[str]:
    """Return the prefix that gives up root for good; nothing for an ordinary user.

    Bubblewrap itself stays root until then, because it may have to show folders that lie under
    a home that only root can enter.

    :param dies_with_parent: end with the parent, which changing the user makes the kernel forget.
    """
    if os.geteuid() != 0:
        return []
    user = str(UNPRIVILEGED)
    command = [setpriv, "--reuid", user, "--regid", user, "--clear-groups"]
    command += ["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
    return [*command, "--pdeathsig", "KILL"] if dies_with_parent else command
