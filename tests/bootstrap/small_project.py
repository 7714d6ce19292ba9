"""A small project with the real door and the real set-up, and packages that need no network.

The command line behind the door is a stand-in which prints where it runs; the packages are two
tiny wheels made here. So a whole first start takes seconds, and nothing leaves the test's folder.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from uv import find_uv_bin

ROOT = Path(__file__).parents[2]
COMMAND_LINE = """
import json
import sys

def main(arguments):
    print(json.dumps({"arguments": arguments, "prefix": sys.prefix}))
    return 7 if "fail" in arguments else 0
"""
# Programs that could change the machine. Tests that want them to work put others in their place.
FORBIDDEN = ("apt-get", "sudo", "su", "brew", "dpkg")


@dataclass
class Started:
    """What a start printed and how it ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def answer(self) -> dict[str, object]:
        """What the command line behind the door printed: all of stdout is one JSON object."""
        return json.loads(self.stdout)


@dataclass
class Project:
    """A copy of the project's door in a folder of its own, and the machine around it."""

    folder: Path
    programs: Path
    environment: dict[str, str]
    prefix: list[str] = field(default_factory=list)

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    @property
    def python(self) -> str:
        """The machine's own Python, which knows nothing of the project's packages."""
        return getattr(sys, "_base_executable", sys.executable)

    def command(self, *arguments: str, python: str = "") -> list[str]:
        return [*self.prefix, python or self.python, "-m", "checker", *arguments]

    def start(self, *arguments: str, python: str = "") -> Started:
        """Type `python3 -m checker …` and wait for the end."""
        return self.type(self.command(*arguments, python=python), self.folder)

    def type(self, command: Sequence[str], folder: Path) -> Started:
        done = subprocess.run(
            command, cwd=folder, env=self.environment, capture_output=True, text=True, timeout=60
        )
        return Started(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def begin(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Type it and do not wait; at the end of the block nothing of it is left running."""
        with subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def require(self, *pins: str) -> None:
        (self.folder / "requirements.txt").write_text("# pinned\n\n" + "\n".join(pins) + "\n")

    def put_program(self, name: str, script: str) -> Path:
        """Put a program first on PATH."""
        path = self.programs / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def has(self, package: str) -> str:
        """Return the version of a package in `.venv`, or ""."""
        found = list(self.venv.glob(f"lib/python*/site-packages/{package}-*.dist-info"))
        return found[0].name.split("-")[1].removesuffix(".dist") if found else ""


class Gate:
    """An installer that stops in the middle until it is let through."""

    def __init__(self, project: Project, then: str = "exit 1") -> None:
        folder = project.folder.parent
        self.path, self.reached = folder / "gate", folder / "reached"
        subprocess.run(["mkfifo", self.path, self.reached], check=True)
        self.real = (project.programs / "uv").resolve()
        self.project = project
        project.put_program(
            "uv",
            f'[ "$1" = --version ] && exit 0\necho > {self.reached}\nread line < {self.path}\n'
            + then.format(uv=self.real),
        )

    def wait(self) -> None:
        """Return when the installer is in the middle."""
        subprocess.run(["cat", self.reached], check=True, timeout=30)

    def open(self) -> None:
        """Let it go on."""
        subprocess.run(["sh", "-c", 'echo > "$0"', self.path], check=True, timeout=30)

    def remove(self) -> None:
        """From now on the real installer is there."""
        (self.project.programs / "uv").unlink()
        (self.project.programs / "uv").symlink_to(self.real)


def make_wheel(folder: Path, name: str, version: str, module: str = "") -> None:
    """Write a package that holds one module."""
    about = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": module,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    files[f"{about}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{about}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)


def make_project(folder: Path, wheels: Path) -> Project:
    checker = folder / "project" / "checker"
    checker.mkdir(parents=True)
    for name in ("__init__.py", "__main__.py", "bootstrap.py"):
        shutil.copy(ROOT / "checker" / name, checker)
    shutil.copytree(
        ROOT / "checker" / "setup", checker / "setup", ignore=shutil.ignore_patterns("__pycache__")
    )
    (checker / "cli.py").write_text(COMMAND_LINE)
    (checker.parent / "requirements-dev.txt").write_text(
        "-r requirements.txt\nuv==0.1\nextra==1.0\n"
    )
    programs, home = folder / "programs", folder / "home"
    programs.mkdir()
    home.mkdir()
    environment = {
        "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "UV_NO_CONFIG": "1",
        "UV_OFFLINE": "1",
        "UV_NO_INDEX": "1",
        "UV_FIND_LINKS": str(wheels),
        "UV_CACHE_DIR": str(folder / "cache"),
    }
    project = Project(folder / "project", programs, environment)
    project.require("greeting==1.0")
    for name in FORBIDDEN:
        project.put_program(name, f"echo '{name} must not be used here' >&2; exit 99")
    (programs / "uv").symlink_to(find_uv_bin())
    return project


def on_other_machine(project: Project, hidden: Sequence[str] = (), user: int = 1000) -> Project:
    """Let the project's commands run without some programs, as another user."""
    folders = [*project.environment["PATH"].split(":")[1:], "/usr/local/sbin", "/usr/sbin", "/sbin"]
    paths = {Path(folder, name).resolve() for folder in folders for name in hidden}
    bubblewrap = shutil.which("bwrap")
    assert bubblewrap
    project.prefix = [bubblewrap, "--dev-bind", "/", "/", "--unshare-user", "--uid", str(user)]
    for path in paths:
        if path.is_file():
            project.prefix += ["--ro-bind", "/dev/null", str(path)]
    return project
