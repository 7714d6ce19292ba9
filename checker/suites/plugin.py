"""The pytest plugin that runs checks: fixtures, dependencies, verdicts, events."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace

import pytest
from _pytest.runner import runtestprotocol

from checker.apps.submission import Submission
from checker.apps.trouble import AppFailedToStart, AppTimedOut, AppTrouble, ChannelDisturbed
from checker.course import AskedCheck, Step
from checker.databases import Database, DatabaseTrouble, SchemaError
from checker.databases.sqlite import SqliteDatabase
from checker.suites.bench import Bench
from checker.suites.check import Account, CheckFailed
from checker.suites.notices import notices_from
from checker.suites.telling import tell
from checker.suites.trial import Trial, WatchedApp
from checker.verdicts import outcomes
from checker.verdicts.diagnosis import diagnose
from checker.verdicts.events import CheckFinished, CheckStarted, Event, Noticed
from checker.verdicts.outcomes import CheckResult, Notice, Verdict
from checker.visitor import VisitError, Visitor


class SuitePlugin:
    """Runs the checks of one step against one submission and emits what happens.

    :param previous: the step before it, if there is one.
    :param databases: kinds of database to run them on.
    :param asked: the checks, in order; others that pytest collects are left out.
    :param emit: called with every event.
    :param seed: makes up the same names and passwords again.
    """

    def __init__(
        self,
        step: Step,
        previous: Step | None,
        databases: Sequence[str],
        asked: Sequence[AskedCheck],
        submission: Submission,
        bench: Bench,
        emit: Callable[[Event], None],
        seed: int,
    ) -> None:
        self._step = step
        self._previous = previous
        self._databases = tuple(databases)
        self._kind = ""
        self._asked = {each.check.id: each for each in asked}
        self._submission = submission
        self._bench = bench
        self._emit = emit
        self._seed = seed
        self._results: dict[str, CheckResult] = {}
        self._begun = time.monotonic()
        self._trial: Trial | None = None
        self._attempt = 0
        self._current: AskedCheck | None = None
        self._raised: BaseException | None = None

    # -- what a check may ask for ---------------------------------------------------------------

    @pytest.fixture
    def trial(self) -> Iterator[Trial]:
        """The check's own world."""
        assert self._current is not None
        self._trial = Trial(
            self._bench,
            self._submission,
            self._step,
            self._previous,
            self._kind,
            f"{self._seed}:{self._current.check.id}:{self._attempt}",
            inspect=not self._results,
            quick_hashes=not self._current.check.true_hashes,
        )
        yield self._trial
        self._trial.close()

    @pytest.fixture
    def database(self, trial: Trial) -> Database | SqliteDatabase:
        """The check's database, by a connection of our own."""
        return trial.database

    @pytest.fixture
    def app(self, trial: Trial) -> WatchedApp:
        """The submission's app, started."""
        return trial.app

    @pytest.fixture
    def account(self, trial: Trial) -> Account:
        """An account that somebody has."""
        return trial.account()

    @pytest.fixture
    def visitor(self, trial: Trial) -> Visitor:
        """Somebody with a new browser."""
        return trial.visitor()

    # -- what pytest asks -----------------------------------------------------------------------

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the checks that are asked, in the course's order."""
        order = {each.check.function.__name__: n for n, each in enumerate(self._asked.values())}
        items[:] = sorted(
            (item for item in items if item.name in order), key=lambda item: order[item.name]
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Run the check, then look at what holds for every check."""
        assert self._current is not None
        may_crash = self._current.check.may_crash
        try:
            result = yield
        except (CheckFailed, VisitError):
            if self._trial is not None and self._trial.crashed_last:
                self._trial.verify(may_crash=may_crash)  # explains more than what came of it
            raise
        if self._trial is not None:
            self._trial.verify(may_crash=may_crash)
        return result

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """Keep the first exception of set-up, call or tear-down."""
        if call.excinfo is not None and self._raised is None:
            self._raised = call.excinfo.value

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool:
        """Run one check to its verdict; repeat it once when it did not pass."""
        asked = self._asked[self._id_of(item)]
        self._current = asked
        blocker = self._blocker(asked)
        if blocker is not None:
            self._finish(self._result(asked, Verdict.BLOCKED, blocked_by=blocker))
            return True
        allowed = self._bench.limits.run_seconds
        if time.monotonic() - self._begun > allowed:
            seen = f"The checks before it took more than {allowed:g} seconds; it was not tried."
            expected = "The app answers quickly enough to be checked."
            self._finish(self._result(asked, Verdict.TIMEOUT, expected=expected, seen=seen))
            return True
        self._emit(CheckStarted(asked.check.id))
        result = self._try(item, attempt=0)
        in_time = time.monotonic() - self._begun < allowed / 2
        if result.verdict in (Verdict.FAILED, Verdict.TIMEOUT) and in_time:
            again = self._try(item, attempt=1)
            if again.verdict is Verdict.PASSED:
                result = self._result(
                    asked,
                    Verdict.FLAKY,
                    seconds=again.seconds,
                    expected=result.expected,
                    seen=result.seen,
                    steps=result.steps,
                )
        self._finish(result)
        return True

    # -- how a verdict comes about --------------------------------------------------------------

    def _try(self, item: pytest.Item, *, attempt: int) -> CheckResult:
        """Run the check on each kind of database until it fails on one."""
        assert self._current is not None
        kinds = self._kinds(self._current)
        begin = time.monotonic()
        self._begin(attempt, "")
        for number, kind in enumerate(kinds):
            self._begin(attempt, kind)
            if attempt or number:
                item._initrequest()  # type: ignore[attr-defined]  # new fixtures for another try
            # The next check may be blocked, and would then clear away nothing of this one's.
            runtestprotocol(item, nextitem=None, log=False)
            if self._trial is not None:
                self._notice(notices_from(self._trial, self._submission))
            if self._raised is not None:
                break
        result = self._judge(self._current, self._raised, time.monotonic() - begin)
        if len(self._databases) > 1 and result.verdict is not Verdict.PASSED:
            name = {"sqlite": "SQLite", "mariadb": "MariaDB"}[self._kind]
            result = replace(result, seen=f"On {name}: {result.seen}")
        return result

    def _kinds(self, asked: AskedCheck) -> list[str]:
        """Return the kinds of database to ask a check on; see :attr:`Step.databases_by`."""
        wanted = set(asked.check.databases or self._databases)
        switch = self._results.get(self._step.databases_by)
        if (
            self._previous is not None
            and asked.since.number < self._step.number
            and switch is not None
            and switch.verdict not in (Verdict.PASSED, Verdict.FLAKY)
        ):
            wanted &= set(self._previous.databases)
        return [kind for kind in self._databases if kind in wanted]

    def _begin(self, attempt: int, kind: str) -> None:
        self._attempt, self._kind = attempt, kind
        self._trial = self._raised = None

    def _judge(
        self, asked: AskedCheck, raised: BaseException | None, seconds: float
    ) -> CheckResult:
        """Turn what the check raised into a verdict."""
        if raised is None:
            return self._result(asked, Verdict.PASSED, seconds=seconds)
        verdict = Verdict.FAILED
        match raised:
            case CheckFailed():
                expected, seen = raised.expected, raised.seen
            case VisitError():
                expected, seen = _sentence(raised.expected), _sentence(raised.seen)
            case AppTimedOut():
                verdict = Verdict.TIMEOUT
                expected, seen = f"An answer within {raised.seconds:g} seconds.", str(raised)
            case AppFailedToStart():
                expected, seen = "`flask run` finds the app and can load it.", str(raised)
            case ChannelDisturbed():
                expected, seen = "The app answers requests, and nothing else.", str(raised)
                self._notice([Notice("tampering", str(raised))])
            case AppTrouble():
                expected, seen = "The app answers with a page.", str(raised)
            case SchemaError():
                expected, seen = "The statements in schema.sql can be executed.", str(raised)
            case DatabaseTrouble():
                expected, seen = "The database goes on working.", str(raised)
            case _:
                return self._error(asked, raised, seconds)
        return self._result(
            asked, verdict, seconds=seconds, expected=expected, seen=seen, **self._explained()
        )

    def _explained(self) -> dict[str, object]:
        """Return what makes a failure understandable: the story, the exchange, the cause."""
        trial = self._trial
        if trial is None:
            return {}
        # Where the checker itself has broken something, what the app says of it explains nothing.
        provoked = self._current is not None and self._current.check.may_crash
        cause = None if provoked else diagnose(trial.evidence())
        exchange = trial.decisive_exchange()
        return {
            "steps": tuple(trial.story),
            "exchange": tell(exchange) if exchange else "",
            "cause": outcomes.Cause(
                cause.id,
                cause.title,
                cause.advice,
                f"{cause.place.file} line {cause.place.line}" if cause.place else "",
            )
            if cause
            else None,
        }

    def _error(self, asked: AskedCheck, raised: BaseException, seconds: float) -> CheckResult:
        """Say that the checker failed, with what a maintainer needs and a student may see."""
        where = raised.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f" ({where.tb_frame.f_code.co_name}, line {where.tb_lineno})" if where else ""
        return self._result(
            asked,
            Verdict.ERROR,
            seconds=seconds,
            expected="The checker works.",
            seen=f"{type(raised).__name__}: {raised}{place}",
        )

    def _result(self, asked: AskedCheck, verdict: Verdict, **more: object) -> CheckResult:
        check = asked.check
        return CheckResult(
            id=check.id,
            title=check.title,
            verdict=verdict,
            points=asked.points if verdict in outcomes.SCORING else 0,
            max_points=asked.points,
            since=asked.since.number,
            lesson=f"steps/{asked.since.name}/README.md#{check.lesson}",
            hint="" if verdict is Verdict.PASSED else check.hints[0],
            **more,  # type: ignore[arg-type]
        )

    def _finish(self, result: CheckResult) -> None:
        self._results[result.id] = result
        self._emit(CheckFinished(result))

    def _notice(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            self._emit(Noticed(notice))

    def _blocker(self, asked: AskedCheck) -> str | None:
        """Return the check at the root of what keeps this one from being tried."""
        for need in asked.check.needs:
            result = self._results.get(need)
            if result is not None and result.verdict not in (Verdict.PASSED, Verdict.FLAKY):
                return result.blocked_by or need
        return None

    def _id_of(self, item: pytest.Item) -> str:
        mark = item.get_closest_marker("check")
        assert mark is not None
        return str(mark.args[0].id)


def _sentence(phrase: str) -> str:
    return f"{phrase[:1].upper()}{phrase[1:]}."
