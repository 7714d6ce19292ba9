"""Where the workers are: processes on this machine, or a Dask cluster. Both are executors.

What they have in common is :class:`concurrent.futures.Executor`; the main loop knows no more.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

#: A worker that is lost with its job is replaced, and the job tried again, so often in all.
_TRIES = 2
_SECONDS_TO_CONNECT = "10s"


class NoCluster(Exception):
    """The Dask cluster cannot be used; the text says why and what to do."""


class Processes(Executor):
    """Worker processes on this machine, each alone in a pool of its own.

    In a pool of many, one lost worker breaks the pool for all of them, and nobody knows whose
    job it was.
    """

    def __init__(self, workers: int) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="grading")
        self._mine = threading.local()
        self._pools: set[ProcessPoolExecutor] = set()
        self._waiting: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._ended = False

    def submit(
        self,
        fn: Callable[Arguments, Result],
        /,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Future[Result]:
        """Run a function in the next worker that is free."""
        future = self._threads.submit(self._run, fn, *args, **kwargs)
        self._waiting.add(future)
        future.add_done_callback(self._waiting.discard)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers. Without waiting, what they are at is lost."""
        self._ended = True
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        while left := {future for future in self._waiting.copy() if not future.done()}:
            for process in multiprocessing.active_children():
                process.kill()
            wait_for(left, timeout=0.1)  # another may just have been started
        self._threads.shutdown(wait=True)
        for pool in self._pools:
            pool.shutdown(wait=True)

    def _run(
        self,
        function: Callable[Arguments, Result],
        /,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        for left in reversed(range(_TRIES)):
            try:
                return self._pool().submit(function, *args, **kwargs).result()
            except BrokenProcessPool:
                self._forget_pool()
                if not left or self._ended:
                    raise
        raise AssertionError("unreachable")

    def _pool(self) -> ProcessPoolExecutor:
        """Return this thread's pool of one."""
        pool: ProcessPoolExecutor | None = getattr(self._mine, "pool", None)
        if pool is None:
            # A fork would take along threads and connections of this process.
            context = multiprocessing.get_context("spawn")
            pool = ProcessPoolExecutor(1, context, initializer=_begin_worker)
            with self._lock:
                self._pools.add(pool)
            self._mine.pool = pool
        return pool

    def _forget_pool(self) -> None:
        pool: ProcessPoolExecutor = self._mine.pool
        del self._mine.pool
        with self._lock:
            self._pools.discard(pool)
        pool.shutdown(wait=True)


@contextlib.contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """Connect to a Dask cluster.

    :param address: of its scheduler, such as ``tcp://10.0.0.5:8786``.
    :returns: an executor, and how many jobs the cluster does at a time.
    :raises NoCluster: see there.
    """
    try:
        from distributed import Client
    except ImportError:
        raise NoCluster(
            "A cluster needs Dask, which is not installed here: python3 -m pip install '.[cluster]'"
        ) from None
    try:
        client = Client(  # type: ignore[no-untyped-call]
            address, timeout=_SECONDS_TO_CONNECT, set_as_default=False
        )
    except (OSError, TimeoutError, ValueError) as error:
        raise NoCluster(
            f"No Dask scheduler answers at {address} ({error}). Start one with "
            "`.venv/bin/python -m distributed.cli.dask_scheduler`, or correct the address."
        ) from error
    with client:
        workers = client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            raise NoCluster(
                f"The scheduler at {address} has no worker. On each machine that is to grade: "
                f"`.venv/bin/python -m distributed.cli.dask_worker {address} --nthreads 1`."
            )
        yield client.get_executor(pure=False), len(workers)  # type: ignore[no-untyped-call]


def _begin_worker() -> None:
    """Live and die as the main process says."""
    # Ctrl-C reaches everybody in the terminal. A function, because what is ignored would be
    # ignored by all that this process starts, too.
    signal.signal(signal.SIGINT, _not_mine)
    threading.Thread(target=_die_with_parent, daemon=True).start()


def _not_mine(_number: int, _frame: object) -> None:
    pass


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGKILL)  # so that no job is ever done for nobody
