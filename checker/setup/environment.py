"""The Python environment in `.venv`: where it is, and whether it has what it should have."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
STAMP = FOLDER / ".workshop-installed"
"""Written last, so it says what is completely there: `python==3.11`, then a line for each pin."""
UNFINISHED = FOLDER / ".workshop-unfinished"
"""There while we install. Found at a start, it means that an earlier one was interrupted."""

STUDENT = "requirements.txt"
SITE = "requirements-docs.txt"
DEVELOPER = "requirements-dev.txt"


class SetupError(Exception):
    """The machine cannot be made ready; the text says what is wrong and what to type."""


def say(text: str) -> None:
    """Tell the person what is about to happen; on stderr, because stdout may be JSON."""
    print(text, file=sys.stderr, flush=True)


def pins(requirements: str) -> dict[str, str]:
    """Return {name: version} of a requirements file in the project root, `-r` followed.

    Raises SetupError for any other line: whether an environment is complete must be known
    without pip, so these files hold nothing but `name==version` and `-r file`.
    """
    found: dict[str, str] = {}
    lines = (ROOT / requirements).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        entry = line.partition("#")[0].strip()
        name, _, version = (part.strip() for part in entry.partition("=="))
        if entry.startswith("-r "):
            found.update(pins(entry[3:].strip()))
        elif name and version:
            found[name] = version
        elif entry:
            raise SetupError(
                f"{requirements}, line {number}: found `{entry}`, expected `name==version`."
            )
    return found


def installed() -> dict[str, str]:
    """Return what our own record says is in `.venv`: {name: version}, with one entry "python"."""
    try:
        lines = STAMP.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {name: version for name, _, version in (line.partition("==") for line in lines)}


def version() -> str:
    """Return the running Python's version as the record has it, such as "3.11"."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def is_ours() -> bool:
    """Tell whether this process runs in `.venv`."""
    return FOLDER.exists() and Path(sys.prefix).resolve() == FOLDER.resolve()


def is_virtual() -> bool:
    """Tell whether this process runs in a virtual environment, ours or another."""
    return sys.prefix != sys.base_prefix


def is_ready(requirements: str) -> bool:
    """Tell from our record, fast, whether `.venv` has everything of a requirements file."""
    if UNFINISHED.exists() or not os.access(PYTHON, os.X_OK):
        return False
    record = installed()
    if is_ours() and record.get("python") != version():
        return False
    return bool(record) and pins(requirements).items() <= record.items()


def lacking(requirements: str) -> dict[str, str]:
    """Return the pins that the running Python does not meet: {name: what it has instead, or ""}."""
    # Costs 10 ms, and a ready `.venv` does not need it.
    from importlib import metadata

    found = {}
    for name, wanted in pins(requirements).items():
        try:
            present = metadata.version(name)
        except metadata.PackageNotFoundError:
            present = ""
        if present != wanted:
            found[name] = present
    return found
