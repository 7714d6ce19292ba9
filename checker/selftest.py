"""`selftest`: the project's own checks: format, lint, types and tests, as CI runs them."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence

from checker.setup import environment

LINTERS = {
    "ruff format": ("ruff", "format", "--check"),
    "ruff check": ("ruff", "check"),
    "mypy": ("mypy",),
}


def run(arguments: Sequence[str]) -> int:
    """Run everything and return 0 when all of it passed, else 1.

    :param arguments: `--fast` leaves out the tests marked slow; `--audit` tries the checks as well,
        all of them; the rest goes to pytest, so `selftest tests/bootstrap -k second` runs what it
        says.
    """
    parser = argparse.ArgumentParser(
        prog="python3 -m checker selftest",
        description="Format, lint, types and tests of the project. More options go to pytest.",
    )
    parser.add_argument("--fast", action="store_true", help="leave out the tests marked slow")
    parser.add_argument(
        "--audit", action="store_true", help="also everything that `audit` does; about an hour"
    )
    options, for_pytest = parser.parse_known_args(arguments)

    results = {name: _passes(name, command) for name, command in LINTERS.items()}
    # By groups: the cells of a notebook, and the tests of a file, share what they start.
    workers = min(max(2, os.cpu_count() or 2), 8)
    command = ["pytest", "-n", str(workers), "--dist", "loadgroup", "--no-loadscope-reorder"]
    if options.fast:
        command += ["-m", "not slow"]
    results["pytest"] = _passes("pytest", [*command, *for_pytest])

    if options.audit:
        results["audit"] = _passes("audit", ["checker", "audit"])

    failed = [name for name, passed in results.items() if not passed]
    print(f"failed: {', '.join(failed)}" if failed else f"passed: {', '.join(results)}")
    return 1 if failed else 0


def _passes(name: str, command: Sequence[str]) -> bool:
    print(f"--- {name}", flush=True)
    began = time.monotonic()
    settings = dict(os.environ)
    # The tests start Python a few hundred times: what it compiled once is to be found again.
    settings.pop("PYTHONDONTWRITEBYTECODE", None)
    status = subprocess.call([sys.executable, "-m", *command], cwd=environment.ROOT, env=settings)
    print(f"    {time.monotonic() - began:.1f} s", flush=True)
    return status == 0
