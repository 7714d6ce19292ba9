"""What the checker needs of the operating system, whether it is there, and how it is installed.

Everything is looked for by what is really there (a program, a header), not by package name. On
Debian the server comes from `mariadb-server-core`: the programs alone, without the service, the
account and the data folder of `mariadb-server`, so no system server is started, now or at boot.
"""

import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from checker.setup.environment import SetupError, say, version

# Programs of the administrator are not on an ordinary user's PATH on Debian.
MORE_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/libexec", "/opt/homebrew/bin")
CLIENT_LIBRARIES = ("mysqlclient", "mariadb", "libmariadb", "perconaserverclient")
"""The pkg-config names that mysqlclient's build asks for."""
BROWSERS = (
    *("chromium-headless-shell", "chromium"),
    *("chromium-browser", "google-chrome", "google-chrome-stable"),
)
"""What the browser is called on Debian, on Ubuntu, and where Google brought it. The first is the
same browser without windows, and does the same work in three quarters of the time."""
APT_INSTALL = "apt-get install --yes --no-install-recommends --no-remove"


class Need(NamedTuple):
    """One thing the machine must have."""

    what: str
    """What it is and what it is for, for a person."""
    packages: tuple[str, ...]
    """Debian's names; empty when no package can bring it."""
    formula: str
    """Homebrew's name, or ""."""
    is_there: Callable[[], bool]


def find_program(name: str) -> str | None:
    """Return the path of a program on PATH or in the administrator's folders, or None."""
    folders = [*os.environ.get("PATH", os.defpath).split(os.pathsep), *MORE_FOLDERS]
    return shutil.which(name, path=os.pathsep.join(folders))


def has_own_server() -> bool:
    """Tell whether MYSQL_* names a database server to use, so that none need be installed."""
    return bool(os.environ.get("MYSQL_HOST") or os.environ.get("MYSQL_UNIX_SOCKET"))


def for_command(command: str) -> list[Need]:
    """Return what a command of the checker needs, once `.venv` is there."""
    if command == "docs":
        return []  # it runs no app
    return to_run() + (to_test() if command == "selftest" else [])


def to_run() -> list[Need]:
    """Return what every check needs. Looking takes well under a millisecond."""
    needs = []
    if not has_own_server():
        packages = ("mariadb-server-core", "mariadb-client-core")
        for program in ("mariadbd", "mariadb-install-db"):
            what = f"{program}: a private database server for each check"
            needs.append(Need(what, packages, "mariadb", _has(program)))
    if sys.platform == "linux":
        what = "bwrap (bubblewrap): the jail that your app runs in"
        needs.append(Need(what, ("bubblewrap",), "", _has("bwrap")))
    return needs


def to_test() -> list[Need]:
    """Return what the project's own tests need on top; students need none of it."""
    if sys.platform != "linux":
        return []
    browser = "chromium: a real browser, for the tests of the apps' pages and of the site"
    fetcher = "npm: fetches what the site's pages run Python with"
    return [
        Need(browser, ("chromium-headless-shell",), "", lambda: any(map(find_program, BROWSERS))),
        Need(fetcher, ("npm",), "", _has("npm")),
    ]


def to_build() -> list[Need]:
    """Return what making `.venv` needs: mysqlclient is compiled, it has no wheels for us."""
    from_distribution = sys.base_prefix == "/usr"
    python = f"python{version()}"
    needs = [
        Need("venv and pip for this Python", _only(from_distribution, f"{python}-venv"), "", _venv),
        Need("a C compiler: mysqlclient is built here", ("gcc", "libc6-dev"), "", _compiler_works),
        Need(
            "the headers of this Python: mysqlclient is built against them",
            _only(from_distribution, f"{python}-dev"),
            "",
            lambda: Path(sysconfig.get_path("include"), "Python.h").is_file(),
        ),
    ]
    if "MYSQLCLIENT_CFLAGS" not in os.environ:
        what = "pkg-config: tells the build where the client library is"
        needs.append(Need(what, ("pkg-config",), "pkg-config", _has("pkg-config")))
        what = "the MariaDB client library with its headers"
        needs.append(Need(what, ("libmariadb-dev",), "mariadb", _has_client_library))
    return needs


def missing(needs: Iterable[Need]) -> list[Need]:
    """Return the needs that are not met."""
    return [need for need in needs if not need.is_there()]


def install(needs: list[Need]) -> None:
    """Install what is missing, when that is allowed without asking for a password.

    :raises SetupError: when it is not allowed or does not work; the text has the command to type.
    """
    say("Missing on this machine:")
    for need in needs:
        say(f"  {need.what}")
    beyond = [need.what for need in needs if not need.packages]
    if find_program("apt-get") and not beyond:
        _install_with_apt(needs)
    elif sys.platform == "darwin" and not beyond:
        _install_with_brew(needs)
    elif beyond:
        raise SetupError(
            f"No package brings this to {sys.executable}: {'; '.join(beyond)}.\n"
            "Start with another Python 3.11 or newer, such as the system's own or python.org's."
        )
    else:
        raise SetupError(
            f"Install the above with this system's package manager ({platform.platform()}), "
            "then type the command again.\nOnly Debian, Ubuntu and macOS with Homebrew are known "
            f"here. Debian's names: {' '.join(_packages(needs))}"
        )
    left = missing(needs)
    if left:
        raise SetupError(
            "The packages are installed, and this is still missing: "
            + "; ".join(need.what for need in left)
        )


def command_to_type(needs: Iterable[Need]) -> str:
    """Return the command that an administrator types to install this, or "" for none."""
    packages = _packages(needs)
    if not packages or not find_program("apt-get"):
        return ""
    command = f"apt-get update && {APT_INSTALL} {' '.join(packages)}"
    if os.geteuid() == 0:
        return command
    return f"sudo sh -c '{command}'" if find_program("sudo") else f"su -c '{command}'"


def compiler_settings() -> dict[str, str]:
    """Return the environment for a build: CC, when this Python was built by a compiler not here."""
    compiler = _compiler()
    if not compiler or "CC" in os.environ or compiler == _python_compiler():
        return {}
    return {"CC": compiler}


def tail(output: str, lines: int = 15) -> str:
    """Return the last lines of a program's output, indented."""
    return "\n".join("    " + line for line in output.strip().splitlines()[-lines:])


def _install_with_apt(needs: list[Need]) -> None:
    packages = _packages(needs)
    command = f"{APT_INSTALL} {' '.join(packages)}"
    sudo = find_program("sudo")
    if os.geteuid() == 0:
        rights = []
    elif sudo and _succeeds([sudo, "-n", "true"]):
        rights = [sudo, "-n"]
    else:
        raise SetupError(
            "Installing that needs the administrator's rights. Type this, then the first command "
            f"again:\n\n    {command_to_type(needs)}\n"
        )
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_SUSPEND=1", "LC_ALL=C.UTF-8"]
    wait = ["-o", "DPkg::Lock::Timeout=120"]
    say(f"- Installing with apt-get: {' '.join(packages)} (about a minute) ...")
    began = time.monotonic()
    # A failed update may be one source of many; whether it matters, the installation shows.
    _run([*rights, *quiet, "apt-get", *wait, "update"])
    done = _run([*rights, *quiet, *shlex.split(command), *wait])
    if done.returncode and "dpkg --configure -a" in done.stdout:
        say("  an earlier installation was interrupted; finishing it first ...")
        _run([*rights, *quiet, "dpkg", "--configure", "-a"])
        done = _run([*rights, *quiet, *shlex.split(command), *wait])
    if done.returncode:
        raise SetupError(f"This failed: {command}\n{tail(done.stdout)}{_apt_remedy(done.stdout)}")
    say(f"  done in {time.monotonic() - began:.1f} s")


def _apt_remedy(output: str) -> str:
    if "remove is disabled" in output:
        return (
            "\nThis would remove a package that is in use, probably a MySQL server, so nothing was "
            "changed.\nLet the checker use that server: set MYSQL_HOST, MYSQL_USER and "
            "MYSQL_PASSWORD, then type the command again."
        )
    return "\nIf the network was away: type the command again when it is back."


def _install_with_brew(needs: list[Need]) -> None:
    formulas = sorted({need.formula for need in needs if need.formula})
    if any(not need.formula for need in needs):
        raise SetupError("Install Apple's compiler first: xcode-select --install")
    brew = find_program("brew")
    command = f"brew install {' '.join(formulas)}"
    if not brew:
        raise SetupError(f"Install Homebrew (brew.sh), then type: {command}")
    say(f"- {command} (some minutes) ...")
    done = _run([brew, "install", *formulas])
    if done.returncode:
        raise SetupError(f"This failed: {command}\n{tail(done.stdout)}")


def _packages(needs: Iterable[Need]) -> list[str]:
    return list(dict.fromkeys(package for need in needs for package in need.packages))


def _only(condition: bool, package: str) -> tuple[str, ...]:
    return (package,) if condition else ()


def _has(program: str) -> Callable[[], bool]:
    return lambda: find_program(program) is not None


def _venv() -> bool:
    from importlib import util

    if not util.find_spec("venv"):
        return False
    # Debian keeps ensurepip in a package of its own. With uv, pip is not needed.
    return util.find_spec("ensurepip") is not None or shutil.which("uv") is not None


def _python_compiler() -> str:
    return (sysconfig.get_config_var("CC") or "cc").split()[0]


def _compiler() -> str:
    """Return the compiler a build should use: $CC, the one that built this Python, or any."""
    for candidate in (os.environ.get("CC", ""), _python_compiler(), "gcc", "cc", "clang"):
        if candidate and shutil.which(candidate.split()[0]):
            return candidate
    return ""


def _compiler_works() -> bool:
    compiler = _compiler()
    if not compiler:
        return False
    source = "#include <stdio.h>\n"
    return _succeeds([*shlex.split(compiler), "-E", "-x", "c", "-"], source)


def _has_client_library() -> bool:
    program = find_program("pkg-config")
    return program is not None and any(
        _succeeds([program, "--exists", library]) for library in CLIENT_LIBRARIES
    )


def _succeeds(command: list[str], text: str = "") -> bool:
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
