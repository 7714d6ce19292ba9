"""The small failing apps in ``apps/``, and what they show when they are really run.

Each folder is an app that fails in one way, with a ``case.toml``: ``expect`` (the symptom's id),
``title`` (the whole sentence), ``requests`` ("POST /login username=ada"), ``times`` (how often they
are sent), ``last`` (it leaves the server in a state that the others had better not meet), and
``forget`` (libraries that the app must find itself). ``id~variant`` is one more app for ``id``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from checker.verdicts.diagnosis import Evidence, exceptions_from

HERE = Path(__file__).parent


@cache
def cases() -> dict[str, dict[str, Any]]:
    """Every app's ``case.toml``, by the app's name."""
    files = sorted((HERE / "apps").glob("*/case.toml"))
    return {file.parent.name: tomllib.loads(file.read_text("utf-8")) for file in files}


def run_all(scratch: Path, database: Path) -> dict[str, Evidence]:
    """Run every app against the server at the socket ``database``; return what was seen."""
    names = sorted(cases(), key=lambda name: cases()[name].get("last", False))
    run = subprocess.run(
        [sys.executable, HERE / "driver.py", scratch, *(HERE / "apps" / name for name in names)],
        env={name: value for name, value in os.environ.items() if not name.startswith("FLASK_")}
        | {
            "PYTHONDONTWRITEBYTECODE": "1",
            "MYSQL_HOST": "localhost",
            "MYSQL_PORT": "3306",
            "MYSQL_UNIX_SOCKET": str(database),
            "MYSQL_USER": "app",
            "MYSQL_PASSWORD": "secret",
            "MYSQL_DB": "pythonlogin",
        },
        stdout=subprocess.PIPE,
        check=True,
        timeout=60,
    )
    told = [json.loads(line) for line in run.stdout.splitlines()]
    assert [one["trouble"] for one in told if "trouble" in one] == []
    return {one["case"]: _evidence(one) for one in told}


def _evidence(told: dict[str, Any]) -> Evidence:
    return Evidence(
        exceptions=exceptions_from(told["exceptions"]),
        output=told["output"],
        status=told["status"],
        body=told["body"],
        files=tuple(told["files"]),
        sources=told["sources"],
    )
