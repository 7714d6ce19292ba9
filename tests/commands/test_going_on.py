"""Commands that go on until somebody stops them: ``watch`` and ``run``."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

from checker.commands.serving import DEMO_ACCOUNT


@contextmanager
def going_on(project: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start a command; end it as Ctrl-C does and see that it ends well."""
    process = subprocess.Popen(
        [sys.executable, "-m", "checker", *arguments],
        cwd=project,
        env=os.environ | {"NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    alarm = threading.Timer(90, process.kill)  # a command that says nothing more must not wait
    alarm.start()
    try:
        yield process
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=20)
        assert process.returncode == 0, rest
        assert "Traceback" not in rest
    finally:
        alarm.cancel()
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen[str], pattern: str) -> str:
    """Return what the command says up to the first line that fits."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if re.search(pattern, line):
            return said
    raise AssertionError(f"it ended before saying {pattern!r}:\n{said}")


def test_watch_checks_again_after_a_save(project: Path, solved: Path) -> None:
    app = solved / "app.py"
    right = app.read_text()
    with going_on(project, "watch", "1") as process:
        assert "100 of 100 points" in read_until(process, "^Watching")
        app.write_text(right.replace("return redirect(url_for", "redirect(url_for", 1))
        assert "redirect-home" in read_until(process, "^Watching")
        app.write_text(right)
        assert "100 of 100 points" in read_until(process, "^Watching")


def test_watch_looks_first_at_what_failed_last(project: Path, solved: Path) -> None:
    app = solved / "app.py"
    right = app.read_text()
    app.write_text(right.replace("return redirect(url_for", "redirect(url_for", 1))
    with going_on(project, "watch", "1") as process:
        assert "redirect-home" in read_until(process, "^Watching")
        app.write_text(right)
        first = read_until(process, "^Checking all the others")
        assert "4 passed of 4 checks" in first  # itself, and what it needs
        assert "These checks passed" in first
        assert "100 of 100 points" in read_until(process, "^Watching")


def test_watch_does_not_finish_what_a_newer_save_has_overtaken(project: Path, solved: Path) -> None:
    app = solved / "app.py"
    right = app.read_text()
    with going_on(project, "watch", "1") as process:
        assert "100 of 100 points" in read_until(process, "^Watching")
        app.write_text(right + "\nimport time\ntime.sleep(1.5)\nprint('slow')\n")
        time.sleep(2.5)  # it is at the first checks of many
        app.write_text(right + "\n")
        said = read_until(process, "^Watching")
        assert said.count(" points · ") == 1
        assert "100 of 100 points" in said


def test_run_serves_the_step_and_takes_up_changes(project: Path, solved: Path) -> None:
    port = 5000 + os.getpid() % 900
    with going_on(project, "run", "1", "--port", str(port)) as process:
        said = read_until(process, "An account to log in with")
        address = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert address is not None
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        name, password = DEMO_ACCOUNT
        form = urllib.parse.urlencode({"username": name, "password": password}).encode()
        with browser.open(f"{address[0]}/login", form, timeout=30) as response:
            assert f"Hello, {name}!" in response.read().decode()
        home = solved / "templates" / "home.html"
        home.write_text(home.read_text().replace("Hello", "Welcome"))
        with browser.open(address[0], timeout=30) as response:
            assert f"Welcome, {name}!" in response.read().decode(), "still logged in"
        assert "GET / → 200" in read_until(process, "GET / → 200")


def test_run_says_what_is_wrong_instead_of_a_page(project: Path, solved: Path) -> None:
    (solved / "app.py").write_text("from flask import Flsk\n")
    port = 6000 + os.getpid() % 900
    with going_on(project, "run", "1", "--port", str(port)) as process:
        said = read_until(process, "An account to log in with")
        address = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert address is not None
        try:
            urllib.request.urlopen(f"{address[0]}/login", timeout=30)
        except urllib.error.HTTPError as error:
            page = error.read().decode()
            error.close()
        assert "app.py line 1" in page
        assert "Flsk" in read_until(process, "Flsk")
