"""Processes that try things side by side, each with a database server and a jail of its own."""

from __future__ import annotations

import multiprocessing
import multiprocessing.util
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TypeVar

from checker.apps.limits import Limits
from checker.audit.findings import AuditError
from checker.course import STATE
from checker.suites.bench import Bench

One = TypeVar("One")
Result = TypeVar("Result")

#: A bench belongs to the process that started it, and is worth keeping.
_benches: dict[Limits, Bench] = {}


def warm_bench(limits: Limits | None = None) -> Bench:
    """Return this process's bench with these limits; it stays warm until the process ends.

    :raises AuditError: submissions would run without a jail, which an audit must not allow.
    """
    limits = limits or Limits()
    if limits not in _benches:
        bench = _benches[limits] = Bench(STATE / "cache", limits)
        if not bench.isolated:
            raise AuditError(f"An audit runs hostile apps, and there is no jail: {bench.why_not}.")
    return _benches[limits]


def close_benches() -> None:
    """End what :func:`warm_bench` started."""
    for bench in _benches.values():
        bench.close()
    _benches.clear()


def each(
    function: Callable[[One], Result], ones: Iterable[One], jobs: int
) -> Iterator[tuple[One, Result]]:
    """Apply a function to each, side by side; yield each with its result as soon as it is there.

    :param function: of a module's top level.
    :param jobs: how many processes.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin) as pool:
        waiting = {pool.submit(function, one): one for one in ones}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        except BaseException:  # Ctrl-C among them
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise


@contextmanager
def busy(processors: int) -> Iterator[None]:
    """Keep some processors busy meanwhile."""
    context = multiprocessing.get_context("spawn")
    loops = [context.Process(target=_turn, daemon=True) for _ in range(processors)]
    for loop in loops:
        loop.start()
    try:
        yield
    finally:
        for loop in loops:
            loop.terminate()
            loop.join()


def _begin() -> None:
    multiprocessing.util.Finalize(None, close_benches, exitpriority=10)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told as well, and tells us
    signal.signal(signal.SIGTERM, _end)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end(_signal: int, _frame: object) -> None:
    close_benches()
    os._exit(1)


def _end_with_parent() -> None:
    """A parent that is killed cannot end its workers; what they started ends with them."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _turn() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        pass
