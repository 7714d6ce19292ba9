"""One try of one check: the apps it started, the people who visited them, the database."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from checker.apps.remote import RemoteApp
from checker.apps.submission import Submission
from checker.databases import Database
from checker.suites.bench import Bench
from checker.suites.check import Account, CheckFailed
from checker.verdicts.diagnosis import AppException, Evidence
from checker.visitor import Exchange, Visitor

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_CLIENT_ERROR, _SERVER_ERROR = 400, 500


class Answered(NamedTuple):
    """One answer of an app with what it raised on the way."""

    method: str
    path: str
    status: int
    exceptions: tuple[AppException, ...]


class WatchedApp:
    """A started app that keeps what it raised, request by request."""

    def __init__(self, remote: RemoteApp) -> None:
        self.remote = remote
        self.answers: list[Answered] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Forward a request, as WSGI."""
        status = 0

        def noting(text: str, *arguments: object) -> object:
            nonlocal status
            status = int(text[:3])
            return start_response(text, *arguments)  # type: ignore[arg-type]

        try:
            return self.remote(environ, noting)  # type: ignore[arg-type]
        finally:
            self.answers.append(
                Answered(
                    environ["REQUEST_METHOD"],
                    environ["PATH_INFO"],
                    status,
                    self.remote.exceptions,
                )
            )


class Trial:
    """The world of one check. Everything in it is new and is thrown away afterwards."""

    def __init__(
        self, bench: Bench, submission: Submission, schema: str, seed: str, *, inspect: bool
    ) -> None:
        self._bench = bench
        self._submission = submission
        self._schema = schema
        self._inspect = inspect
        self._database: Database | None = None
        self._random = random.Random(seed)
        self.apps: list[WatchedApp] = []
        self._people: Visitor | None = None
        self.failed_to_start: tuple[AppException, ...] = ()

    @property
    def paths(self) -> dict[str, str]:
        """Where the submission's pages are."""
        return self._submission.paths

    @property
    def database(self) -> Database:
        """The database, empty but for the submission's own tables."""
        if self._database is None:
            self._database = self._bench.server.new_database(self._schema)
        return self._database

    @property
    def has_log(self) -> bool:
        """Whether the server's log can be read (not on a server of your own)."""
        return self._bench.server.has_log

    def start(self, **environment: str) -> WatchedApp:
        """Start the app on this check's database.

        :param environment: variables besides or instead of the usual ones.
        :raises AppTrouble: it does not start.
        """
        usual = self.database.settings | {"SECRET_KEY": secrets.token_hex(32)}
        jail = self._bench.jail_for(self._submission)
        try:
            remote = jail.start(
                self._submission, usual | environment, inspect=self._inspect and not self.apps
            )
        except Exception as trouble:
            self.failed_to_start = getattr(trouble, "exceptions", ())
            raise
        app = WatchedApp(remote)
        self.apps.append(app)
        return app

    def visitor(self, app: WatchedApp | None = None, name: str = "a visitor") -> Visitor:
        """Send somebody with a new browser to an app (the first one, started if need be)."""
        app = app or (self.apps[0] if self.apps else self.start())
        if self._people is None:
            self._people = visitor = Visitor(app, self.paths, name)
        else:  # everybody's doings make up one story
            visitor = self._people.stranger(name)
            visitor.app = app
        return visitor

    @property
    def story(self) -> list[str]:
        """What everybody did, in sentences."""
        return self._people.story if self._people else []

    @property
    def exchanges(self) -> list[Exchange]:
        """All requests with their answers, in order."""
        return self._people.exchanges if self._people else []

    def name(self) -> str:
        """Make up a name that nobody has: letters and digits."""
        pairs = (self._random.choice(_CONSONANTS) + self._random.choice(_VOWELS) for _ in range(3))
        return "".join(pairs).capitalize() + str(self._random.randrange(100, 1000))

    def password(self) -> str:
        """Make up an ordinary password with capitals and digits."""
        return f"Pw-{self.name()}-{self.name()}"

    def account(self, username: str | None = None, password: str | None = None) -> Account:
        """Put an account into the table ``accounts``."""
        username = self.name() if username is None else username
        password = self.password() if password is None else password
        return Account(self.database.add_account(username, password), username, password)

    def verify(self, *, may_crash: bool) -> None:
        """Look at what holds for every check.

        :raises CheckFailed: an answer was a 5xx although nothing was wrong with the machine.
        :raises ChannelDisturbed: the app wrote to the checker's wire by itself.
        """
        for app in self.apps:
            app.remote.finish()
        crash = self.crash()
        if crash is not None and not may_crash:
            raise CheckFailed(
                "Every request is answered with a page or with an error page of the 4xx kind.",
                f"{crash.method} {crash.path} was answered with {crash.status}: the app crashed.",
            )

    def crash(self) -> Answered | None:
        """Return the first answer that was a 5xx."""
        for app in self.apps:
            for answer in app.answers:
                if answer.status >= _SERVER_ERROR:
                    return answer
        return None

    def evidence(self) -> Evidence:
        """Collect what a diagnosis can go by."""
        crash = self.crash()
        exceptions = self.failed_to_start or (crash.exceptions if crash else ())
        if not exceptions:  # a page of the app's own that answered with an error of the 4xx kind
            pages = set(self.paths.values())
            refused = [
                answer
                for app in self.apps
                for answer in app.answers
                if answer.exceptions and answer.path in pages and answer.status >= _CLIENT_ERROR
            ]
            refused.sort(key=lambda answer: answer.method != "POST")
            exceptions = refused[0].exceptions if refused else ()
        decisive = self.decisive_exchange()
        answer = decisive.answer if decisive else None
        return Evidence(
            exceptions=exceptions,
            output="\n".join(app.remote.output for app in self.apps),
            status=answer.status if answer else None,
            body=answer.body[:20_000].decode(errors="replace") if answer else "",
            files=tuple(self._submission.files),
            sources=self._submission.sources,
            served=() if answer else tuple(p for app in self.apps for p in app.remote.served),
        )

    def decisive_exchange(self) -> Exchange | None:
        """Return the exchange that settled it: the first crash, else the last one."""
        for exchange in self.exchanges:
            if exchange.answer is not None and exchange.answer.status >= _SERVER_ERROR:
                return exchange
        return self.exchanges[-1] if self.exchanges else None

    def close(self) -> None:
        """End the apps."""
        for app in self.apps:
            app.remote.close()
