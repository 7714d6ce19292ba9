"""A real Chromium, and a step served for it as a student's browser would see it."""

from __future__ import annotations

import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright

from checker.course import ROOT
from checker.setup.machine import BROWSERS, find_program

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
#: Seconds that a step has to be served, its database made included.
SERVED_WITHIN = 60


def chromium() -> str:
    """Return the path of the browser."""
    found = next(filter(None, map(find_program, BROWSERS)), None)
    assert found, "These tests need a browser: apt-get install chromium"
    return found


@contextmanager
def browser(
    playwright: Playwright, profile: Path, *, width: int = 1280, height: int = 800
) -> Iterator[BrowserContext]:
    """Start a browser process on a profile; what is to outlive it has to be in the profile."""
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium(),
        args=FLAGS,
        headless=True,
        viewport={"width": width, "height": height},
    )
    context.set_default_timeout(10_000)
    try:
        yield context
    finally:
        context.close()


@contextmanager
def served(step: int) -> Iterator[str]:
    """Serve a step's solution with the command that a student types; return its address."""
    command = [sys.executable, "-m", "checker", "run", str(step), "--solution", "--port", "0"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process, lines))
    reader.start()
    try:
        yield _address(lines)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        reader.join()


def _read(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert process.stdout is not None
    with process.stdout as output:
        for line in output:
            lines.put(line)
    lines.put("")


def _address(lines: queue.Queue[str]) -> str:
    said = ""
    while line := lines.get(timeout=SERVED_WITHIN):
        said += line
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise AssertionError(f"The step is not served: {said}")
