"""How each grader is asked the ten checks of step 1, and how its verdicts are read."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import cost, environment
from benchmarks.cost import CommandFailed, Cost
from benchmarks.ground import Ground
from benchmarks.peers.ten import TEN

PEERS = Path(__file__).resolve().parent / "peers"


@dataclass(frozen=True)
class Asked:
    """One submission graded once.

    :ivar verdicts: whether it passed, by check.
    """

    cost: Cost
    verdicts: Mapping[str, bool]

    @property
    def passed(self) -> bool:
        """Whether all ten passed."""
        return len(self.verdicts) == len(TEN) and all(self.verdicts.values())


@dataclass(frozen=True)
class Contender:
    """A grader as a command.

    :ivar ask: grade the submission in a folder.
    """

    name: str
    ask: Callable[[Path, Ground], Asked]


def ours(folder: Path, _ground: Ground) -> Asked:
    """Grade with ``check``, which starts its own database server and its jails."""
    line = [sys.executable, "-m", "checker", "check", "1", "--json", "--path", str(folder)]
    spent = cost.command(
        [*line, "--only", *TEN],
        folder=environment.ROOT,
        codes=(0, 1),
        together=False,
        leaves_orphans=True,
    )
    checks = json.loads(spent.output)["checks"]
    return Asked(spent, {each["id"]: each["verdict"] == "passed" for each in checks})


def pytest(folder: Path, ground: Ground) -> Asked:
    """Grade with plain pytest."""
    line = [str(environment.PYTHON), "-m", "pytest", "-p", "no:cacheprovider", "-v"]
    line += ["--tb=short", "-c", str(PEERS / "pytest.ini"), str(PEERS / "test_ten.py")]
    spent = cost.command(line, folder=folder, environment=ground.settings, codes=(0, 1, 2))
    told = re.findall(r"::test_(\w+) (PASSED|FAILED|ERROR)", spent.output)
    return Asked(spent, {name.replace("_", "-"): verdict == "PASSED" for name, verdict in told})


def check50(folder: Path, ground: Ground) -> Asked:
    """Grade with check50 as its authors run it at home: checks from a folder, no network."""
    program = environment.PYTHON.with_name("check50")
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "report.json")
        line = [str(environment.PYTHON), str(program), "--dev", str(PEERS / "check50")]
        line += ["--output", "json", "--output-file", str(report)]
        spent = cost.command(line, folder=folder, environment=ground.settings, codes=(0, 1))
        told = json.loads(report.read_text())
    if "results" not in told:
        raise CommandFailed(f"check50: {told}")
    results = told["results"]
    return Asked(
        spent, {each["name"].replace("_", "-"): each["passed"] is True for each in results}
    )


def gradescope(folder: Path, ground: Ground) -> Asked:
    """Grade with gradescope-utils, as ``run_autograder`` does on the platform."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "results.json")
        line = [str(environment.PYTHON), str(PEERS / "gradescope_ten.py"), str(report)]
        spent = cost.command(line, folder=folder, environment=ground.settings)
        tests = json.loads(report.read_text())["tests"]
    return Asked(
        spent,
        {TEN[int(test["number"]) - 1]: test["status"] == "passed" for test in tests},
    )


PLAIN, CHECK50, GRADESCOPE = "plain pytest", "check50", "gradescope-utils"
OURS = "check, cold"
ALL = (
    Contender(OURS, ours),
    Contender(PLAIN, pytest),
    Contender(CHECK50, check50),
    Contender(GRADESCOPE, gradescope),
)
