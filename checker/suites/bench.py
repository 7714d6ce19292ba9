"""What stays warm between checks and between runs: a database server and a jail."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from checker.apps.jail import Jail, preload_for, why_not_isolated
from checker.apps.limits import Limits
from checker.apps.submission import Submission
from checker.apps.trouble import JailError
from checker.databases import Server, start_server


class Bench:
    """A database server and a jail, started when first needed and restarted when broken.

    Make it in the main thread, and close it: the processes live as long as that thread.

    :param cache: folder for the server's template.
    :param limits: what a submission may use.
    :param beside: how many further benches to have, for checks that are tried side by side.
    :ivar isolated: whether submissions run in a jail here; :attr:`why_not` says why not.
    """

    def __init__(self, cache: Path, limits: Limits | None = None, beside: int = 0) -> None:
        self.why_not = why_not_isolated()
        self.isolated = self.why_not is None
        self.limits = limits or Limits()
        self._cache = cache.resolve()
        self._server: Server | None = None
        self._jail: Jail | None = None
        self._is_broken_off = False
        self._beside = [BenchBeside(cache, self.limits) for _ in range(beside)]

    @property
    def beside(self) -> list[BenchBeside]:
        """The further benches; none where there is but one database server for all."""
        return [] if self.server.is_shared else self._beside

    @property
    def server(self) -> Server:
        """The database server: a private one, or the one that ``MYSQL_*`` names."""
        if self._server is None:
            self._server = start_server(self._cache, jail=self.isolated)
        return self._server

    def jail_for(self, submission: Submission) -> Jail:
        """Return a live jail that has imported what this submission needs.

        :raises JailError: it does not start.
        """
        if self._is_broken_off:
            raise JailError("The run was broken off.")
        wanted = preload_for(submission)
        jail = self._jail
        if jail is None or not jail.alive or not set(wanted) <= set(jail.preload):
            if jail is not None:
                jail.close()
            jail = self._jail = Jail(
                wanted,
                database=self.server.socket_directory,
                limits=self.limits,
                isolated=self.isolated,
            )
        return jail

    def warm_up(self, submission: Submission) -> None:
        """Start server and jail without waiting for either."""
        self.jail_for(submission)

    def break_off(self) -> None:
        """End the jail at once, and start no other; any thread may say so."""
        self._is_broken_off = True
        if self._jail is not None:
            self._jail.kill()

    def close(self) -> None:
        """End everything."""
        for other in self._beside:
            other.close()
        if self._jail is not None:
            self._jail.close()
        if self._server is not None:
            self._server.close()
        self._jail = self._server = None

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


class BenchBeside:
    """A bench in a thread of its own, which lives as long as it: see :class:`Bench`."""

    def __init__(self, cache: Path, limits: Limits) -> None:
        self._cache, self._limits = cache, limits
        self._bench: Bench | None = None
        self._thread = ThreadPoolExecutor(max_workers=1)

    def submit(self, work: Callable[[Bench], None]) -> Future[None]:
        """Begin to do something with the bench, in its thread."""
        return self._thread.submit(self._do, work)

    def _do(self, work: Callable[[Bench], None]) -> None:
        if self._bench is None:
            self._bench = Bench(self._cache, self._limits)
        work(self._bench)

    def break_off(self) -> None:
        """End the app that is being asked, so that what is being done fails soon."""
        if self._bench is not None:
            self._bench.break_off()

    def close(self) -> None:
        """End everything, after what is being done."""
        if self._bench is not None:
            self._thread.submit(self._bench.close).result()
        self._thread.shutdown()
