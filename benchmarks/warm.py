"""The checker as ``watch`` has it: servers and jails that are there already."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from benchmarks import cost
from benchmarks.cost import Cost
from benchmarks.ground import COURSE
from benchmarks.options import PROCESSORS
from checker.apps.submission import Submission
from checker.course import STATE, Step
from checker.running import run
from checker.suites.bench import Bench
from checker.verdicts.outcomes import Report


class WarmBench:
    """Benches, one a processor as the checker has them, kept warm from run to run.

    :param benches: how many.
    """

    def __init__(self, benches: int = PROCESSORS) -> None:
        self.bench = Bench(STATE / "cache", beside=benches - 1)

    def run(
        self, step: Step, folder: Path, only: Iterable[str] = (), databases: Iterable[str] = ()
    ) -> tuple[Cost, Report]:
        """Check a submission and return what that cost, with the report."""
        with cost.here() as spent:
            report = run(
                step, COURSE, Submission.read(folder), self.bench, only=only, databases=databases
            )
        return spent, report

    def close(self) -> None:
        """End everything."""
        self.bench.close()

    def __enter__(self) -> WarmBench:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
