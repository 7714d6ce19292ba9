"""On what, and with which versions, something was measured."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Sequence
from importlib.metadata import version

import psutil

from benchmarks import cost, environment
from benchmarks.options import PROCESSORS
from checker.databases.template import find_server

_OURS = ("Flask", "Werkzeug", "SQLAlchemy", "Flask-Login", "mysqlclient")
_PEERS = ("check50", "gradescope-utils", "pytest")


def about(arguments: Sequence[str]) -> dict[str, str]:
    """Return what a reader has to know to repeat a run, by name; no machine's or person's name."""
    load = os.getloadavg()[0]
    server = subprocess.run(
        [find_server(), "--version"], capture_output=True, text=True, check=True
    )
    memory = psutil.virtual_memory().total / 2**30
    return {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{PROCESSORS} processors ({_processor()}), {memory:.0f} GB of memory",
        "system": f"{_system()}, Linux {platform.release().partition('-')[0]}"
        if platform.system() == "Linux"
        else platform.platform(terse=True),
        "load at the start": f"{load:.2f}; {cost.idle():.2f} processors busy by themselves",
        "Python": platform.python_version(),
        "MariaDB": server.stdout.partition("Ver ")[2].split("-")[0].strip(),
        "apps": ", ".join(f"{name} {version(name)}" for name in _OURS),
        "peers": ", ".join(f"{n} {v}" for n, v in environment.versions(*_PEERS).items()),
        "command": " ".join(["python3 -m benchmarks", *_without_file(arguments)]),
    }


def _without_file(arguments: Sequence[str]) -> list[str]:
    """Leave out where the figures were kept: that is of this machine."""
    kept = [each for each in arguments if not each.startswith("--json=")]
    if "--json" in kept:
        place = kept.index("--json")
        del kept[place : place + 2]
    return kept


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            for line in file:
                if line.startswith("model name"):
                    return " ".join(line.partition(":")[2].split())
    except OSError:
        pass
    return platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()
