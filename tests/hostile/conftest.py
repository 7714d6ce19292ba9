"""A bench of its own, in a temporary folder of its own, so that what is left behind shows."""

from __future__ import annotations

import multiprocessing.util
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from checker.apps.limits import Limits
from checker.audit.hostile import LIMITS
from checker.course import STATE
from checker.databases import session
from checker.suites.bench import Bench

#: Data of the tests, not tests.
collect_ignore = ["honest", "submissions", "wire"]


@pytest.fixture(scope="session")
def temporary() -> Iterator[Path]:
    """The system's temporary folder, as far as this process and the checker are concerned."""
    before = tempfile.tempdir
    multiprocessing.util.get_temp_dir()  # once for the process, and this folder ends before it
    with tempfile.TemporaryDirectory(prefix="flh-") as folder:
        Path(folder).chmod(0o711)
        tempfile.tempdir = folder
        yield Path(folder)
        tempfile.tempdir = before


@pytest.fixture(scope="session")
def benches(temporary: Path) -> Iterator[Callable[[Limits], Bench]]:
    """Give the bench with certain limits. It stays warm: what one submission leaves in it, the
    next would meet."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        for limit in ("STATEMENT_SECONDS", "LOCK_SECONDS"):  # else some take four times as long
            patch.setattr(session, limit, 1)
        made: dict[Limits, Bench] = {}

        def bench(limits: Limits = LIMITS) -> Bench:
            if limits not in made:
                made[limits] = stack.enter_context(Bench(STATE / "cache", limits))
                assert made[limits].isolated, made[limits].why_not
            return made[limits]

        yield bench
