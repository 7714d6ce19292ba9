"""A bench that stays warm for a whole file of tests."""

from collections.abc import Iterator

import pytest

from checker.course import STATE
from checker.suites.bench import Bench


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Bench(STATE / "cache") as bench:
        assert bench.isolated, bench.why_not
        yield bench
