"""What holds of an app without a jail. Run by ``test_without_a_jail.py``, as two users."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from werkzeug.test import Client

from checker.apps.jail import Jail
from checker.apps.limits import MIB, Limits
from checker.apps.submission import Submission
from checker.apps.trouble import AppEnded, AppFailedToStart, AppTimedOut, FilesRefused

LIMITS = Limits(memory=512 * MIB, files=4 * MIB, start_seconds=10, request_seconds=4)
HEAD = "import os, signal, sys, time\nfrom flask import Flask\napp = Flask(__name__)\n"
ROOT = Path(__file__).resolve().parents[2]


def app_with(body: str) -> Submission:
    view = "@app.get('/')\ndef view():\n" + "".join(f"    {line}\n" for line in body.splitlines())
    return Submission({"app.py": (HEAD + view).encode()})


def run_folders() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).glob("flw-*")}


@pytest.fixture
def jail() -> Iterator[Jail]:
    before = run_folders()
    with Jail((), limits=LIMITS, isolated=False) as jail:
        yield jail
    assert not run_folders() - before


def gone(processes: list[psutil.Process], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(map(_runs, processes)):
        if time.monotonic() > deadline:
            return False
    return True


def _runs(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def test_an_app_answers_and_is_never_root(jail: Jail):
    body = "return [os.getuid(), os.geteuid(), os.getgid(), *os.getgroups(), os.getcwd()]"
    with jail.start(app_with(body), {}) as app:
        *users, folder = Client(app).get("/").json
    assert 0 not in users
    assert not Path(folder).exists()


def test_only_the_checkers_environment_is_seen(jail: Jail):
    with jail.start(app_with("return dict(os.environ)"), {"MY": "own"}) as app:
        told = Client(app).get("/").json
    folder = told.pop("TMPDIR")
    assert Path(folder).name.startswith("app-")
    assert told.pop("MY") == "own"
    assert set(told) == {"FLASK_RUN_FROM_CLI", "HOME", "LANG", "PATH"}


def test_exceptions_have_their_place(jail: Jail):
    with jail.start(app_with("return 1 / 0"), {}) as app:
        assert Client(app).get("/").status_code == 500
        assert [(p.file, p.line) for p in app.exceptions[0].places] == [("app.py", 6)]


def test_an_app_that_cannot_be_loaded_says_why(jail: Jail):
    with pytest.raises(AppFailedToStart) as trouble:
        jail.start(Submission({"app.py": b"1 / 0"}), {})
    assert trouble.value.exceptions[0].type == "ZeroDivisionError"


def test_files_that_cannot_be_written_are_the_submissions_fault(jail: Jail):
    with pytest.raises(FilesRefused):
        jail.start(Submission({"x" * 300: b""}), {})


def test_an_app_that_hangs_is_stopped_and_leaves_nothing(jail: Jail):
    with jail.start(app_with("while True: pass"), {}) as app:
        leader = psutil.Process(jail._process.pid)
        with pytest.raises(AppTimedOut):
            Client(app).get("/")
        assert gone(leader.children(recursive=True), 1)


def test_an_app_that_ends_itself_is_told(jail: Jail):
    with (
        jail.start(app_with("os._exit(3)"), {}) as app,
        pytest.raises(AppEnded, match="exit code 3"),
    ):
        Client(app).get("/")


def test_daemons_end_with_their_app(jail: Jail):
    body = (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "numbers = []\n"
        "for _ in range(3):\n"
        "    reading, writing = os.pipe()\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0:\n"
        "            os.write(writing, str(os.getpid()).encode())\n"
        "            time.sleep(100)\n"
        "        os._exit(0)\n"
        "    numbers.append(int(os.read(reading, 20)))\n"
        "return numbers"
    )
    with jail.start(app_with(body), {}) as app:
        daemons = [psutil.Process(number) for number in Client(app).get("/").json]
        assert len(daemons) == 3
    assert gone(daemons, 1)


def test_memory_and_files_have_limits(jail: Jail):
    with jail.start(app_with("return str(len(bytearray(2_000_000_000)))"), {}) as app:
        assert Client(app).get("/").status_code == 500
        assert app.exceptions[0].type == "MemoryError"
    body = "with open('large', 'wb') as file: file.write(bytes(8_000_000))"
    with jail.start(app_with(body), {}) as app:
        assert Client(app).get("/").status_code == 500
        assert app.exceptions[0].type == "OSError"


def test_a_checker_that_is_killed_leaves_no_process(tmp_path: Path):
    program = tmp_path / "program.py"
    program.write_text(
        f"import sys\nsys.path[:0] = [{str(ROOT)!r}]\n"
        "from checker.apps.jail import Jail\nfrom checker.apps.submission import Submission\n"
        "source = b'import os, time\\nos.fork()\\nos.fork()\\ntime.sleep(100)\\n'\n"
        "Jail((), isolated=False).start(Submission({'app.py': source}), {})\n"
    )
    with subprocess.Popen([sys.executable, program]) as process:
        leader = psutil.Process(process.pid)
        deadline = time.monotonic() + 5
        while len(processes := leader.children(recursive=True)) < 6:
            assert time.monotonic() < deadline, processes
        os.kill(process.pid, signal.SIGKILL)
        assert gone(processes, 1)
    with Jail((), isolated=False):
        pass  # whoever comes next removes what the killed one could not
    mine = [Path(tempfile.gettempdir(), name) for name in run_folders()]
    assert not [folder for folder in mine if folder.stat().st_uid == os.geteuid() and _free(folder)]


def _free(folder: Path) -> bool:
    """Tell whether a run folder's owner is gone: nobody holds its lock."""
    import fcntl

    try:
        with (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
