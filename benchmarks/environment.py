"""The peers' own Python environment: ``benchmarks/.peers``, made when first needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.errors import BenchmarkError

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
FOLDER = HERE / ".peers"
PYTHON = FOLDER / "bin" / "python"
WANTED = HERE / "peers.txt"
CONSTRAINTS = ROOT / "requirements.txt"
STAMP = FOLDER / ".installed"


class PeersError(BenchmarkError):
    """The peers cannot be installed; the text says what failed."""


def ensure() -> Path:
    """Make or renew the environment if need be, and return its Python.

    :raises PeersError: an installer failed.
    """
    wanted = f"{sys.version}\n{WANTED.read_text()}\n{CONSTRAINTS.read_text()}"
    if STAMP.exists() and STAMP.read_text() == wanted:
        return PYTHON
    print(f"Installing the peers of {WANTED.name} into {FOLDER.relative_to(ROOT)} …", flush=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    _run([sys.executable, "-m", "venv", *(["--without-pip"] if uv() else []), str(FOLDER)])
    (FOLDER / ".gitignore").write_text("*\n")
    files = ["-r", str(WANTED), "-c", str(CONSTRAINTS)]
    if (found := uv()) is not None:
        _run([found, "pip", "install", "--compile-bytecode", "--python", str(PYTHON), *files])
    else:
        _run([str(PYTHON), "-m", "pip", "install", *files])
    STAMP.write_text(wanted)
    return PYTHON


def uv() -> str | None:
    """Return where uv is: beside this Python, or on the path."""
    beside = Path(sys.executable).parent / "uv"
    return str(beside) if os.access(beside, os.X_OK) else shutil.which("uv")


def versions(*packages: str) -> dict[str, str]:
    """Return which versions of these packages the peers have."""
    code = "import sys; from importlib.metadata import version; "
    code += "print(*map(version, sys.argv[1:]), sep='\\n')"
    told = subprocess.check_output([PYTHON, "-c", code, *packages], text=True)
    return dict(zip(packages, told.split(), strict=True))


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PeersError(
            f"This failed: {' '.join(command)}\n{(done.stdout + done.stderr).strip()[-1500:]}\n"
            "Mend that (is the network there?), then start again."
        )
