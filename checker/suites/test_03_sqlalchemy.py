"""The checks of step 03: the same app on SQLAlchemy, on SQLite as well as on MariaDB."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator, Mapping

from checker.suites.check import check, expect
from checker.suites.people import accounts_in, delete_account, keeps_unique
from checker.suites.trial import Trial
from checker.verdicts.outcomes import Notice

#: The columns that every later step goes on using.
_COLUMNS = ("id", "username", "password", "email", "active")
#: Characters that must fit: a name, an address (RFC 5321, 4.5.3.1.3), a hash with its settings.
_WIDTHS = {"username": 50, "email": 254, "password": 255}


@check(
    "database-url",
    needs=("app-starts",),
    lesson="one-address-for-every-database",
    hints=(
        "The checker tells the app where its database is, in one variable: DATABASE_URL. Which "
        "database does your app open?",
        "From this step on there are no MYSQL_* variables any more. SQLAlchemy takes one address, "
        "in `SQLALCHEMY_DATABASE_URI`, and it has to be set before `db.init_app(app)`.",
        '`SQLALCHEMY_DATABASE_URI=os.environ.get("DATABASE_URL", "sqlite:///pythonlogin.db")` in '
        "`app.config.update(…)`, then `db.init_app(app)`.",
    ),
)
def test_database_url(trial: Trial) -> None:
    """The app keeps its accounts in the database that DATABASE_URL names."""
    visitor = trial.visitor(name="somebody new")
    email = f"{trial.name().lower()}@example.org"
    page = trial.register(visitor, username=trial.name(), email=email, password=trial.password())
    stored = [found.value.lower() for found in trial.database.text_values()]
    expect(
        email in stored,
        expected=f"After {email} has registered, the database that DATABASE_URL names holds that "
        "address.",
        seen="It does not. The app "
        + (f"answered with {page.described()}." if page.status >= 400 else "uses another one."),
    )
    trial.notices += [
        Notice(
            "legacy-call",
            f"{place} calls `query.get`, which SQLAlchemy 2 keeps for old code only: it works, "
            "with a LegacyAPIWarning. `db.session.get(Account, number)` is how it is written now.",
        )
        for place in _legacy_calls(trial.submission.sources)
    ]


@check(
    "default-database",
    needs=("database-url", "right-password"),
    lesson="one-address-for-every-database",
    hints=(
        "Start your app without DATABASE_URL, register, restart it. Can you log in?",
        "`sqlite://` alone is a database in memory: it ends with the app. `sqlite:///name.db`, "
        "with three slashes, is a file in the folder `instance`.",
        '`os.environ.get("DATABASE_URL", "sqlite:///pythonlogin.db")`: the second argument is the '
        "address for everybody who sets none.",
    ),
    databases=("sqlite",),
    fresh=True,
)
def test_default_database(trial: Trial) -> None:
    """Without DATABASE_URL, the app keeps its accounts in a SQLite file in `instance`."""
    email, password = f"{trial.name().lower()}@example.org", trial.password()
    owner = trial.visitor(trial.start(DATABASE_URL=None), name="somebody new")
    page = trial.register(owner, username=trial.name(), email=email, password=password)
    expect(
        owner.logged_in(),
        expected="Registering works when DATABASE_URL is not set.",
        seen=f"The app answered with {page.described()}, and nobody was logged in.",
    )
    again = trial.visitor(trial.start(DATABASE_URL=None), name="the same person, after a restart,")
    again.log_in(email, password)
    expect(
        again.logged_in(),
        expected="The account is still there when the app is started again: it is in a SQLite file "
        "in the folder `instance`.",
        seen="The app has forgotten it: its database is in memory, or not in that folder.",
    )


@check(
    "tables-made",
    needs=("database-url",),
    lesson="one-address-for-every-database",
    hints=(
        "There is no `schema.sql` to load any more. Who makes the table?",
        "`db.create_all()` makes the tables of all models that were imported before. It needs the "
        "app: outside of a request, an app context.",
        "`with app.app_context(): db.create_all()` below `db.init_app(app)`, and `from models "
        "import Account, db` at the top.",
    ),
)
def test_tables_made(trial: Trial) -> None:
    """The app makes the table `accounts` by itself, with the columns of the course."""
    trial.visitor(name="the first visitor").open("login")
    tables = trial.database.tables()
    expect(
        "accounts" in tables,
        expected="When the app has started on an empty database, there is a table `accounts`.",
        seen=f"The tables are: {', '.join(tables)}." if tables else "There is no table at all.",
    )
    columns = {name.lower() for name in _widths(trial)}
    missing = [name for name in _COLUMNS if name not in columns]
    expect(
        not missing,
        expected=f"The table `accounts` has the columns {', '.join(_COLUMNS)}.",
        seen=f"It has no column {' and no '.join(missing)}.",
    )


@check(
    "restart-keeps-data",
    needs=("tables-made", "right-password"),
    lesson="one-address-for-every-database",
    hints=(
        "Register, stop the app, start it. Who is still there?",
        "What stands at the top of the file runs at every start. `create_all()` leaves tables that "
        "exist as they are; `drop_all()` does not.",
        "Delete `db.drop_all()`. To start afresh while you develop, delete the file "
        "`instance/pythonlogin.db`.",
    ),
    fresh=True,
)
def test_restart_keeps_data(trial: Trial) -> None:
    """Starting the app again keeps every account and every other table."""
    database = trial.database
    trial.start()
    account = trial.account()
    database.execute("CREATE TABLE canary (id INTEGER PRIMARY KEY)")
    database.execute("INSERT INTO canary (id) VALUES (7)")
    owner = trial.visitor(trial.start(), name=f"{account.username}, after a restart,")
    owner.log_in(account.login, account.password)
    expect(
        owner.logged_in(),
        expected="Whoever had an account before the restart can log in after it.",
        seen=f"The app was started a second time, and {account.login} was refused.",
    )
    tables = database.tables()
    kept = database.execute("SELECT id FROM canary") if "canary" in tables else []
    expect(
        kept,
        expected="Starting the app changes no table that it did not make.",
        seen="A table of somebody else's, `canary`, was emptied or dropped.",
    )


@check(
    "unique-in-schema",
    needs=("tables-made",),
    lesson="the-models",
    hints=(
        "Two visitors register the same name at the same moment. Who notices?",
        "A look before the insert does not see what others are about to insert. Only the table "
        "itself can refuse, by a unique index.",
        "`mapped_column(…, unique=True)` for `username` and for `email`. A table that exists is "
        "not changed: delete the file `instance/pythonlogin.db` while you develop.",
    ),
)
def test_unique_in_schema(trial: Trial) -> None:
    """The table itself refuses a second account with the same name or e-mail."""
    trial.visitor(name="the first visitor").open("login")
    for column in ("username", "email"):
        expect(
            keeps_unique(trial, column),
            expected=f"The table `accounts` has a unique index on `{column}` alone.",
            seen="It has none: it would take the same one twice.",
        )


@check(
    "after-a-duplicate",
    needs=("database-url", "right-password"),
    lesson="add-and-find-accounts",
    hints=(
        "Try to register a name that is taken. Then register another one, without restarting the "
        "app.",
        "After an `IntegrityError` the session is in the middle of a failed transaction and "
        "refuses all further work until it is rolled back.",
        "`except IntegrityError: db.session.rollback()`, before anything else is asked of the "
        "database; and no session of your own that outlives the request.",
    ),
)
def test_after_a_duplicate(trial: Trial) -> None:
    """After a name was refused because it is taken, the app goes on working."""
    account = trial.account()
    visitor = trial.visitor(name="somebody who wants a name that is taken")
    for username, email in (
        (account.username, f"{trial.name().lower()}@example.org"),
        (trial.name(), account.email),
    ):
        trial.register(visitor, username=username, email=email, password=trial.password())
        expect(
            not visitor.logged_in(),
            expected="A second account with the same name or e-mail is refused.",
            seen=f"Registering {username} with {email} logged somebody in.",
        )
    email, password = f"{trial.name().lower()}@example.org", trial.password()
    page = trial.register(visitor, username=trial.name(), email=email, password=password)
    expect(
        visitor.logged_in(),
        expected="Whoever then chooses a name that is free is registered.",
        seen=f"The app answered with {page.described()}, and nobody was logged in.",
    )
    owner = trial.visitor(name=account.username)
    owner.log_in(account.login, account.password)
    expect(
        owner.logged_in(),
        expected="Others can log in as before.",
        seen=f"{account.login} could not log in any more.",
    )


@check(
    "ids-not-reused",
    needs=("database-url", "right-password"),
    lesson="why-the-cookie-of-somebody-who-has-left",
    hints=(
        "Delete the newest account and register another. Which id does it get?",
        "SQLite gives the id of the last row again once that row is deleted, and the cookie of the "
        "deleted account still names that id.",
        '`__table_args__ = {"sqlite_autoincrement": True}` in the model. A table that exists is '
        "not changed: delete the file `instance/pythonlogin.db` while you develop.",
    ),
)
def test_ids_not_reused(trial: Trial) -> None:
    """The cookie of a deleted account never opens the account of somebody else."""
    gone = trial.account()
    visitor = trial.visitor(name=gone.username)
    visitor.log_in(gone.login, gone.password)
    delete_account(trial, gone)
    visitor.tell("did nothing while the account was deleted from the database")
    heir = trial.account()
    visitor.names.append(heir.username)
    expect(
        not visitor.logged_in(),
        expected="Whoever still has the cookie of a deleted account is a stranger.",
        seen=f"After {gone.username} (id {gone.id}) was deleted, {heir.username} registered and "
        f"got the id {heir.id}. The cookie of {gone.username} now opens somebody's page.",
    )


@check(
    "room-in-columns",
    needs=("tables-made",),
    lesson="the-models",
    hints=(
        "SQLite takes a text of any length, whatever the model says. MariaDB does not.",
        "A hash in step 4 has 162 characters, a name 50, an e-mail address up to 254. And without "
        "a word about it, MariaDB stores `latin1`: no emoji, no Cyrillic.",
        '`String(255)` for the password, and `"mysql_charset": "utf8mb4"` and '
        '`"mariadb_charset": "utf8mb4"` in `__table_args__`.',
    ),
    databases=("mariadb",),
)
def test_room_in_columns(trial: Trial) -> None:
    """On MariaDB, names, addresses and later hashes fit into their columns, in any script."""
    trial.visitor(name="the first visitor").open("login")
    widths = {name.lower(): width for name, width in _widths(trial).items()}
    for column, least in _WIDTHS.items():
        expect(
            (width := widths[column]) is None or width >= least,
            expected=f"The column `{column}` has room for {least} characters.",
            seen=f"It has room for {width}.",
        )
    found = trial.database.execute(
        "SELECT COLUMN_NAME AS name, CHARACTER_SET_NAME AS charset FROM information_schema.COLUMNS"
        " WHERE TABLE_SCHEMA = %s AND TABLE_NAME = 'accounts' AND CHARACTER_SET_NAME IS NOT NULL"
        " AND CHARACTER_SET_NAME <> 'utf8mb4'",
        (trial.database.name,),
    )
    wrong = {str(row["name"]): str(row["charset"]) for row in found}
    for column in ("password", "username", "email"):
        expect(
            column not in wrong,
            expected=f"The column `{column}` takes every character there is (utf8mb4).",
            seen=f"Its character set is {wrong.get(column)}, in which most are missing.",
        )


@check(
    "accounts-of-step-02",
    needs=("database-url", "right-password"),
    lesson="the-models",
    hints=(
        "The table of step 2 stays where it is, with everybody in it. Does your model describe "
        "that table?",
        "The class may have any name; the table is called `accounts`, its columns `id`, "
        "`username`, `password`, `email` and `active`.",
        '`__tablename__ = "accounts"`, and `active: Mapped[bool]`: MariaDB keeps it as 0 or 1.',
    ),
    databases=("mariadb",),
    fresh=True,
)
def test_accounts_of_step_02(trial: Trial) -> None:
    """Accounts that were made by the app of step 2 work in this one."""
    before = trial.previous_app()
    account, disabled = (trial.account(app=before) for _ in range(2))
    trial.set_active(disabled, False)
    kept = accounts_in(trial.database)
    app = trial.start()
    owner = trial.visitor(app, name=f"{account.username}, who registered in step 2,")
    page = owner.log_in(account.login, account.password)
    expect(
        owner.logged_in(),
        expected="Whoever registered with the app of step 2 can log in.",
        seen=f"{account.login} was refused: {page.described()}.",
    )
    dashboard = owner.open("dashboard")
    expect(
        owner.sees(account.username) and owner.sees(account.email),
        expected=f"The dashboard shows {account.username} and {account.email}.",
        seen=f"{dashboard.url.target} does not.",
    )
    other = trial.visitor(app, name=f"{disabled.username}, whose account was disabled,")
    other.log_in(disabled.login, disabled.password)
    expect(
        not other.logged_in(),
        expected="An account that was disabled in step 2 is disabled here.",
        seen=f"{disabled.login} was logged in.",
    )
    expect(
        accounts_in(trial.database) == kept,
        expected="Ids, names, addresses and `active` of all accounts are what they were.",
        seen="The table `accounts` holds something else than before.",
    )


def _legacy_calls(sources: Mapping[str, str]) -> Iterator[str]:
    """Yield the places of `….query.get(…)` and `….query(…).get(…)` (row 03.9)."""
    for name, source in sources.items():
        with contextlib.suppress(SyntaxError, ValueError, RecursionError):
            for node in ast.walk(ast.parse(source)):
                match node:
                    case ast.Call(
                        func=ast.Attribute(
                            attr="get",
                            value=ast.Attribute(attr="query")
                            | ast.Call(func=ast.Attribute(attr="query")),
                        )
                    ):
                        yield f"{name} line {node.lineno}"


def _widths(trial: Trial) -> dict[str, int | None]:
    """Return the columns of ``accounts``, with how many characters fit where that is limited."""
    if trial.database_kind == "sqlite":
        found = trial.database.execute("PRAGMA table_info(accounts)")
        return {str(row["name"]): None for row in found}
    found = trial.database.execute(
        "SELECT COLUMN_NAME AS name, CHARACTER_MAXIMUM_LENGTH AS width"
        " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = 'accounts'",
        (trial.database.name,),
    )
    return {str(r["name"]): None if r["width"] is None else int(str(r["width"])) for r in found}
