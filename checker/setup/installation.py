"""How `.venv` is made, brought up to date and mended."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import util
from pathlib import Path

from checker.setup import machine
from checker.setup.environment import (
    DEVELOPER,
    FOLDER,
    PYTHON,
    ROOT,
    STAMP,
    STUDENT,
    UNFINISHED,
    SetupError,
    installed,
    pins,
    say,
    version,
)

OWN_UV = str(FOLDER / "bin" / "uv")
#: What the apps import. The jail sees the packages but cannot write beside them.
FOR_APPS = (
    "argon2",
    "bcrypt",
    "blinker",
    "click",
    "dotenv",
    "email_validator",
    "flask",
    "flask_login",
    "flask_mysqldb",
    "flask_sqlalchemy",
    "flask_wtf",
    "itsdangerous",
    "jinja2",
    "markupsafe",
    "MySQLdb",
    "pymysql",
    "sqlalchemy",
    "time_machine",
    "werkzeug",
    "wtforms",
)
_COMPILE = """
import compileall, pathlib, sys, sysconfig
for name in sys.argv[1:]:
    compileall.compile_dir(pathlib.Path(sysconfig.get_path("purelib"), name), quiet=2)
"""


@contextlib.contextmanager
def alone() -> Iterator[int]:
    """Wait until no other start sets this folder up, then hold the others off; yields the lock.

    The lock is on requirements.txt, so no lock file stays behind; it ends with the process.
    """
    path = ROOT / STUDENT
    # Network file systems give an exclusive lock only on a file that is open for writing.
    lock = os.open(path, os.O_RDWR if os.access(path, os.W_OK) else os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another start is setting this folder up. Waiting for it...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)


def install(requirements: str, lock: int) -> None:
    """Make `.venv`, or mend it, until it has everything of a requirements file.

    :param lock: from :func:`alone`; the installers inherit it, so that one which outlives us
        still holds the next start off.
    :raises SetupError: a new environment is removed again, an older one left as it was.
    """
    record = installed()
    python = _python_version()
    whole = python and not UNFINISHED.exists() and record.get("python", python) == python
    if FOLDER.exists() and not whole:
        say("The .venv here is not whole: its set-up was interrupted, or its Python is gone.")
        _remove()
        record, python = {}, ""
    if python and tuple(map(int, python.split("."))) < (3, 11):
        raise SetupError(
            f"The .venv here was made with Python {python}; the workshop needs 3.11 or newer.\n"
            "Move it away, then type the command again:\n\n    mv .venv .venv-old\n"
        )
    try:
        if not python:
            _create(lock)
        elif record:
            # Somebody's own environment has no record. It is added to, never marked for removal.
            UNFINISHED.touch()
        _install_packages(requirements, lock)
        _try_driver()
        _compile_for_apps(lock)
        _write_record(record | pins(requirements))
        UNFINISHED.unlink(missing_ok=True)
    except (SetupError, OSError) as error:
        if not python:
            _remove()
        else:
            UNFINISHED.unlink(missing_ok=True)
        raise SetupError(f"The set-up of .venv did not finish. {error}{_remedy(error)}") from error


def _python_version() -> str:
    """Return the version of the Python in `.venv`, or "" when there is none that starts.

    One that has lost its pyvenv.cfg starts as the machine's own Python; what is installed into
    it would end up there. It does not count.
    """
    question = "import sys; print(*sys.version_info[:2], sep='.'); print(sys.prefix)"
    try:
        answer = subprocess.check_output([PYTHON, "-I", "-c", question], text=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    found, _, prefix = answer.strip().partition("\n")
    return found if Path(prefix).resolve() == FOLDER.resolve() else ""


def _write_record(packages: dict[str, str]) -> None:
    lines = [f"{name}=={wanted}\n" for name, wanted in packages.items() if name != "python"]
    draft = STAMP.with_suffix(".draft")
    draft.write_text("".join([f"python=={_python_version()}\n", *lines]), encoding="utf-8")
    draft.replace(STAMP)


def _remove() -> None:
    if FOLDER.is_symlink() or FOLDER.is_file():
        FOLDER.unlink()
    else:
        shutil.rmtree(FOLDER, ignore_errors=True)
    if FOLDER.exists():
        raise SetupError("The folder .venv cannot be removed. Remove it by hand and start again.")


def _create(lock: int) -> None:
    # In a .venv that was just removed sys.executable is gone; the Python it was made from is not.
    python = getattr(sys, "_base_executable", "") or sys.executable
    # Bringing its own pip takes Python two seconds; uv fetches one with the rest.
    pip = ["--without-pip"] if _working_uv() else []
    FOLDER.mkdir()
    FOLDER.chmod(0o755)
    UNFINISHED.touch()
    command = [python, "-I", "-m", "venv", *pip, str(FOLDER)]
    _run(f"Making a Python environment in .venv (Python {version()})", command, lock)


def _install_packages(requirements: str, lock: int) -> None:
    what = f"Installing {requirements}: {len(pins(requirements))} packages and what they need"
    uv = _working_uv() or _fetch_uv(lock)
    if uv:
        command = [uv, "pip", "install", "--python", str(PYTHON), "-r", requirements]
        try:
            _run(f"{what}, with uv (some seconds)", [*command, *_pip_if_missing()], lock)
            return
        except SetupError as error:
            if not util.find_spec("ensurepip"):
                raise
            say(f"{error}\n  uv could not do it. Now with pip.")
    if _pip_if_missing():
        _run("Adding pip", [str(PYTHON), "-I", "-m", "ensurepip"], lock)
    _run(f"{what}, with pip (a minute or so)", _pip("install", "-r", requirements), lock)


def _working_uv() -> str:
    """Return the uv in `.venv`, or the one on PATH, or ""."""
    for candidate in (OWN_UV, shutil.which("uv")):
        # Started, not only looked for: a version manager may own the name and not have the program.
        if candidate and _succeeds([candidate, "--version"]):
            return candidate
    return ""


def _fetch_uv(lock: int) -> str:
    """Put uv into `.venv` and return its path, or "" where it cannot be had."""
    wanted = f"uv=={pins(DEVELOPER)['uv']}"
    try:
        _run(f"Fetching {wanted}, a fast installer", _pip("install", "--retries=1", wanted), lock)
    except SetupError:
        say("  not to be had here; pip will do.")
        return ""
    return OWN_UV


def _pip(*arguments: str) -> list[str]:
    return [str(PYTHON), "-I", "-m", "pip", *arguments]


def _pip_if_missing() -> list[str]:
    return [] if _succeeds([str(PYTHON), "-I", "-c", "import pip"]) else ["pip"]


def _try_driver() -> None:
    """Load what was compiled here: a driver that was built but does not load is best known now."""
    if "mysqlclient" not in pins(STUDENT):
        return
    command = [str(PYTHON), "-I", "-c", "import MySQLdb"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupError(
            "mysqlclient is installed but does not load; it needs the MariaDB client library "
            f"(libmariadb3 on Debian and Ubuntu).\n{machine.tail(done.stderr)}"
        )


def _compile_for_apps(lock: int) -> None:
    """Compile what apps import: every jail would do it again, which takes it half a second."""
    command = [str(PYTHON), "-I", "-c", _COMPILE, *FOR_APPS]
    _run("Compiling what the apps import", command, lock)


def _run(what: str, command: list[str], lock: int) -> None:
    """Say what is done, do it, and say how long it took.

    :raises SetupError: with the end of what the program printed.
    """
    say(f"- {what} ...")
    began = time.monotonic()
    settings = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_USER": "0"}
    settings["PIP_REQUIRE_VIRTUALENV"] = "1"
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **settings, **machine.compiler_settings()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        pass_fds=(lock,),
        umask=0o022,  # started by root, the jail reads the packages as nobody
    )
    if done.returncode:
        raise SetupError(f"This failed: {' '.join(command)}\n{machine.tail(done.stdout)}")
    say(f"  done in {time.monotonic() - began:.1f} s")


def _succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _remedy(error: Exception) -> str:
    if shutil.disk_usage(ROOT).free < 500_000_000 or "No space left" in str(error):
        return "\nThe disk is full, or nearly: this needs about 500 MB. Make room and start again."
    return "\nIf the network was away: type the command again when it is back."
