"""What stays warm between checks and between runs: a database server and a jail."""

from __future__ import annotations

from pathlib import Path

from checker.apps.jail import Jail, preload_for, why_not_isolated
from checker.apps.limits import Limits
from checker.apps.submission import Submission
from checker.databases import Server, start_server


class Bench:
    """A database server and a jail, started when first needed and restarted when broken.

    Make it in the main thread, and close it: the processes live as long as that thread.

    :param cache: folder for the server's template.
    :param limits: what a submission may use.
    :ivar isolated: whether submissions run in a jail here; :attr:`why_not` says why not.
    """

    def __init__(self, cache: Path, limits: Limits | None = None) -> None:
        self.why_not = why_not_isolated()
        self.isolated = self.why_not is None
        self.limits = limits or Limits()
        self._cache = cache
        self._server: Server | None = None
        self._jail: Jail | None = None

    @property
    def server(self) -> Server:
        """The database server: a private one, or the one that ``MYSQL_*`` names."""
        if self._server is None:
            self._server = start_server(self._cache, jail=self.isolated)
        return self._server

    def jail_for(self, submission: Submission) -> Jail:
        """Return a live jail that has imported what this submission needs."""
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

    def close(self) -> None:
        """End everything."""
        if self._jail is not None:
            self._jail.close()
        if self._server is not None:
            self._server.close()
        self._jail = self._server = None

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()
