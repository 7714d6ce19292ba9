"""One try of one check: the apps it started, the people who visited them, the database."""

from __future__ import annotations

import contextlib
import random
import secrets
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from checker.apps.jail import Jail, LookupRefused, World
from checker.apps.remote import RemoteApp
from checker.apps.submission import Submission
from checker.apps.trouble import AppTrouble
from checker.course import Step
from checker.databases import Database
from checker.databases.inspector import Contents
from checker.databases.schema import split
from checker.databases.sqlite import SqliteDatabase
from checker.databases.trouble import DatabaseTrouble
from checker.suites.bench import Bench
from checker.suites.check import Account, CheckFailed
from checker.verdicts.diagnosis import AppException, Evidence
from checker.verdicts.outcomes import Notice
from checker.visitor import Exchange, NoForm, Page, Visitor
from checker.visitor.kinds import Role

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
    """A started app that keeps what it raised, request by request.

    :ivar paths: where its pages are.
    """

    def __init__(self, remote: RemoteApp, paths: Mapping[str, str]) -> None:
        self.remote = remote
        self.paths = paths
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


class Lent(NamedTuple):
    """An app that goes on running after a trial, with its database, for the next trial.

    :ivar contents: what the database held when the app had just been started.
    """

    remote: RemoteApp
    paths: Mapping[str, str]
    database: Database | SqliteDatabase
    contents: Contents
    world: World | None
    jail: Jail
    secret_key: str

    def put_back(self) -> None:
        """Make everything as it was when the app had just been started, as far as anybody can.

        :raises DatabaseTrouble: the database cannot be made so.
        """
        self.database.put_back(self.contents)
        self.remote.begin_again()

    def close(self) -> None:
        """End the app."""
        self.remote.close()
        if self.world is not None:
            self.world.close()


class Trial:
    """The world of one check: new, and thrown away afterwards.

    Only the first app and its database may come from another trial, and may be left to the next.

    :param lends: whether to leave them.
    :param lent: what another trial has left.
    :param previous: the step before, whose solution can be asked for; ``None`` in the first.
    :param kind: of database: ``mariadb`` or ``sqlite``.
    :ivar step: the step that is checked.
    :ivar submission: the app that is started.
    :ivar notices: what a check has to tell besides its verdict.
    """

    def __init__(
        self,
        bench: Bench,
        submission: Submission,
        step: Step,
        previous: Step | None,
        kind: str,
        seed: str,
        *,
        inspect: bool,
        quick_hashes: bool = True,
        lends: bool = False,
        lent: Lent | None = None,
    ) -> None:
        self.step = step
        self.database_kind = kind
        self.apps: list[WatchedApp] = []
        self.trouble: AppTrouble | None = None
        self.notices: list[Notice] = []
        self._bench = bench
        self.submission = submission
        self._previous = previous
        self._inspect = inspect
        self._quick_hashes = quick_hashes
        self._random = random.Random(seed)
        self._secret_key = secrets.token_hex(32)
        self._people: Visitor | None = None
        self._database: Database | SqliteDatabase | None = None
        self._world: World | None = None
        self._own_jail: Jail | None = None
        self._lends = lends
        self._lent = lent
        self._contents: Contents | None = None
        if lent is not None:
            self._secret_key, self._contents = lent.secret_key, lent.contents
            self._database, self._world, self._own_jail = lent.database, lent.world, lent.jail

    @property
    def paths(self) -> dict[str, str]:
        """Where the submission's pages are."""
        return self.submission.paths

    @property
    def database(self) -> Database | SqliteDatabase:
        """The database, empty but for the submission's own tables."""
        if self._database is None:
            if self.database_kind == "sqlite":
                self._world = self._jail.world()
                look = self._world.look
                self._database = SqliteDatabase(self._world.path, look, LookupRefused)
            else:
                own = self.submission.files.get("schema.sql")
                schema = self.step.schema if own is None else own.decode(errors="replace")
                self._database = self._bench.server.new_database(schema)
        return self._database

    @property
    def settings(self) -> dict[str, str]:
        """What the app finds in its environment."""
        given = self.database.settings
        if "sqlite" in self.step.databases and "DATABASE_URL" not in given:
            # MYSQL_* as well: the app of step 2, with which step 3 begins, knows nothing else.
            given = given | {"DATABASE_URL": _url(given)}
        return given | {"SECRET_KEY": self._secret_key}

    @property
    def app(self) -> WatchedApp:
        """The first app of this trial, started if need be."""
        if self.apps:
            return self.apps[0]
        if self._lent is not None:
            app = WatchedApp(self._lent.remote, self._lent.paths)
            self.apps.append(app)
            return app
        is_new = self._database is None
        app = self.start()
        if self._lends and is_new:
            with contextlib.suppress(DatabaseTrouble):
                self._contents = self.database.contents()
        return app

    def leave(self) -> Lent | None:
        """End the trial but for the first app and its database, and return these for the next one.

        ``None``, and everything ends, when there is nothing to be left: only an app that was
        started for :attr:`app`, on a database that nothing had been done to, can be put back.
        """
        if self._contents is None:
            self.close()
            return None
        lent = self._lent or Lent(
            self.apps[0].remote,
            self.apps[0].paths,
            self.database,
            self._contents,
            self._world,
            self._jail,
            self._secret_key,
        )
        for app in self.apps:
            if app.remote is not lent.remote:
                app.remote.close()
        return lent

    def start(self, **environment: str | None) -> WatchedApp:
        """Start the app on this check's database; again, to restart it.

        :param environment: variables besides or instead of the usual ones; ``None`` leaves one out.
        :raises AppTrouble: it does not start.
        """
        wanted = self.settings | environment
        given = {name: value for name, value in wanted.items() if value is not None}
        return self._start(self.submission, given)

    def previous_app(self) -> WatchedApp:
        """Start the solution of the step before on this check's database."""
        assert self._previous is not None
        settings = self.settings
        if "sqlite" not in self._previous.databases:
            settings = self.database.settings | {"SECRET_KEY": self._secret_key}
            if not self.database.tables():
                for statement in split(self._previous.schema):
                    if not statement.is_about_databases:
                        self.database.execute(statement.text)
        return self._start(Submission.read(self._previous.solution), settings)

    @property
    def _jail(self) -> Jail:
        """One jail for all apps of this trial: its worlds end with it."""
        if self._own_jail is None or not self._own_jail.alive:
            self._own_jail = self._bench.jail_for(self.submission)
        return self._own_jail

    def _start(self, submission: Submission, environment: dict[str, str]) -> WatchedApp:
        if self._lent is not None and not self.apps:
            raise RuntimeError("A check that begins by starting an app has to be marked `fresh`.")
        place = self._jail if self._world is None else self._world
        inspect = self._inspect and not self.apps and submission is self.submission
        try:
            remote = place.start(
                submission, environment, inspect=inspect, quick_hashes=self._quick_hashes
            )
        except AppTrouble as trouble:
            self.trouble = trouble
            raise
        app = WatchedApp(remote, submission.paths)
        self.apps.append(app)
        return app

    def visitor(self, app: WatchedApp | None = None, name: str = "a visitor") -> Visitor:
        """Send somebody with a new browser to an app (the first one when none is named)."""
        app = app or self.app
        if self._people is None:
            self._people = visitor = Visitor(app, app.paths, name)
        else:  # everybody's doings make up one story
            visitor = self._people.stranger(name)
            visitor.app, visitor.paths = app, app.paths
        if self.step.number > 1:  # home may be one page for everybody, with a link to this one
            visitor.own_pages = ("home", "dashboard")
        return visitor

    def account(
        self,
        username: str | None = None,
        password: str | None = None,
        email: str | None = None,
        *,
        app: WatchedApp | None = None,
    ) -> Account:
        """Make an account: a row of the table of step 01, from step 02's table on by registering.

        :param app: where to register it; the first app when none is named.
        :raises CheckFailed: it cannot be registered.
        """
        username = self.name() if username is None else username
        password = self.password() if password is None else password
        if not self._accounts_have_emails():
            return Account(self.database.add_account(username, password), username, password)
        email = f"{self.name().lower()}@example.org" if email is None else email
        app = app or self.app
        visitor = Visitor(app, app.paths, "somebody new")
        page = self.register(visitor, username=username, email=email, password=password)
        wanted = f"Registering {username!r} with {email!r} makes a row in the table `accounts`."
        try:
            found = self.database.execute(
                "SELECT id FROM accounts WHERE LOWER(email) = %s", (email.lower(),)
            )
        except DatabaseTrouble as trouble:
            raise CheckFailed(wanted, f"There is none. {trouble}") from trouble
        if not found or not isinstance(number := found[0]["id"], int):
            seen = f"There is no such row. The app answered with {page.described()}."
            raise CheckFailed(wanted, seen)
        if self._people is not None:
            self._people.story.append(f"An account was registered: {username}, {email}.")
        return Account(number, username, password, email)

    def _accounts_have_emails(self) -> bool:
        """Tell whether accounts are registered; one cannot be where the table is step 01's."""
        if self.step.number > 2:
            return True
        columns = self.database.text_columns("accounts")
        return self.step.number == 2 and (not columns or "email" in columns)

    def register(
        self,
        visitor: Visitor,
        *,
        username: str,
        email: str,
        password: str,
        confirmation: str | None = None,
    ) -> Page:
        """Let a visitor fill in the registration form and send it.

        :param confirmation: the password again, unless something else.
        :raises VisitError: there is no such form.
        """
        form = visitor.find_form("register")
        if form is None:
            seen = visitor.page.described() if visitor.page else "nothing"
            raise NoForm(f"a form to register with at {visitor.paths['register']}", seen)
        typed: dict[Role, str] = {"username": username, "email": email, "password": password}
        if "confirmation" in form.roles:
            typed["confirmation"] = password if confirmation is None else confirmation
        return visitor.submit(form, form.filled(typed))

    def log_out(self, visitor: Visitor) -> Page:
        """Let a visitor press the button that logs out.

        :raises VisitError: there is none.
        """
        form = visitor.find_form("logout")
        if form is None:
            seen = visitor.page.described() if visitor.page else "nothing"
            raise NoForm(f"a button to log out with at {self.paths['dashboard']}", seen)
        return visitor.submit(form, {})

    def set_active(self, account: Account, active: bool) -> None:
        """Switch an account on or off, as an administrator would."""
        self.database.execute(
            "UPDATE accounts SET active = %s WHERE id = %s", (int(active), account.id)
        )

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

    def unknown_login(self) -> str:
        """Make up what somebody without an account types into the login form."""
        name = self.name()
        return name if self.step.number == 1 else f"{name.lower()}@example.org"

    def password(self) -> str:
        """Make up an ordinary password with capitals and digits."""
        return f"Pw-{self.name()}-{self.name()}"

    @property
    def remotes(self) -> list[RemoteApp]:
        """Every app of this trial, also one that did not start."""
        started = [app.remote for app in self.apps]
        failed = self.trouble.app if self.trouble is not None else None
        return [*started, *([failed] if failed is not None and failed not in started else [])]

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
                f"{crash.method} {crash.path} was answered with {crash.status}: the app crashed"
                f"{_with(crash.exceptions)}.",
            )

    @property
    def crashed_last(self) -> bool:
        """Whether the last form that was sent, or a page after it, was answered with a 5xx."""
        crashed = False
        for app in self.apps:
            for answer in app.answers:
                if answer.status >= _SERVER_ERROR:
                    crashed = True
                elif answer.method == "POST":
                    crashed = False
        return crashed

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
        exceptions = self.trouble.exceptions if self.trouble else ()
        if crash is not None and not exceptions:
            exceptions = crash.exceptions
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
            output="\n".join(app.output for app in self.remotes),
            status=answer.status if answer else None,
            body=answer.body[:20_000].decode(errors="replace") if answer else "",
            files=tuple(self.submission.files),
            sources=self.submission.sources,
            served=() if answer else tuple(place for app in self.remotes for place in app.served),
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
        if self._lent is not None:
            self._lent.close()
        if self._world is not None:
            self._world.close()


def _with(exceptions: tuple[AppException, ...]) -> str:
    """Say what was raised, and where, as the end of a sentence."""
    if not exceptions:
        return ""
    raised = exceptions[0]
    message = f": {raised.message[:200]}" if raised.message else ""
    places = next((each.places for each in exceptions if each.places), ())
    where = f" ({places[-1].file} line {places[-1].line})" if places else ""
    return f" with {raised.type}{message}{where}"


def _url(settings: dict[str, str]) -> str:
    """Return the ``MYSQL_*`` settings as one URL, as SQLAlchemy wants it."""
    user, password = (quote(settings[name], safe="") for name in ("MYSQL_USER", "MYSQL_PASSWORD"))
    place = f"{settings['MYSQL_HOST']}:{settings['MYSQL_PORT']}/{settings['MYSQL_DB']}"
    socket = quote(settings["MYSQL_UNIX_SOCKET"], safe="/")
    return f"mysql+mysqldb://{user}:{password}@{place}?unix_socket={socket}&charset=utf8mb4"
