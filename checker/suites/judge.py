"""Trying one check after the other on one bench, and what verdict each comes to."""

from __future__ import annotations

import inspect
import logging
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from checker.apps.submission import Submission
from checker.apps.trouble import AppFailedToStart, AppTimedOut, AppTrouble, ChannelDisturbed
from checker.course import AskedCheck, Step
from checker.databases import DatabaseTrouble, SchemaError
from checker.suites.bench import Bench
from checker.suites.check import CheckFailed
from checker.suites.notices import notices_from
from checker.suites.telling import tell
from checker.suites.trial import Lent, Trial
from checker.verdicts import outcomes
from checker.verdicts.diagnosis import diagnose
from checker.verdicts.outcomes import CheckResult, Notice, Verdict, Visibility
from checker.visitor import VisitError

_LOG = logging.getLogger(__name__)

#: An app that has so often failed where a new one passes, or could not be put back, is no longer
#: used for more than one check.
_MOST_UNFIT = 5

#: What a check may ask for, by the name of its parameter; made in this order.
GIVEN: Mapping[str, Callable[[Trial], object]] = {
    "trial": lambda trial: trial,
    "visitor": Trial.visitor,
    "account": Trial.account,
    "database": lambda trial: trial.database,
    "app": lambda trial: trial.app,
}


@dataclass(frozen=True)
class Question:
    """What is asked of whom.

    :ivar previous: the step before, if there is one.
    :ivar databases: kinds of database to ask on.
    :ivar seed: makes up the same names and passwords again.
    """

    step: Step
    previous: Step | None
    databases: tuple[str, ...]
    submission: Submission
    seed: int


class Judge:
    """Tries checks of one question, one at a time.

    :param notice: called with what there is to tell besides verdicts.
    """

    def __init__(
        self, question: Question, bench: Bench, notice: Callable[[Sequence[Notice]], None]
    ) -> None:
        self._question = question
        self._bench = bench
        self._notice = notice
        self._attempt, self._kind = 0, ""
        self._trial: Trial | None = None
        self._lent: dict[str, Lent] = {}
        self._unfit = 0
        self._is_confirmed = False

    def close(self) -> None:
        """End the apps that still run."""
        while self._lent:
            _kind, lent = self._lent.popitem()
            lent.close()

    def judge(
        self, asked: AskedCheck, results: Mapping[str, CheckResult], *, again_until: float
    ) -> CheckResult:
        """Try a check; once more when it did not pass, for what goes wrong by chance.

        :param results: the verdicts so far.
        :param again_until: when there is no more time for that (:func:`time.monotonic`).
        """
        kinds = self.kinds(asked, results)
        if not kinds and self._wanted(asked):  # the app does not use what it was to be asked on
            return result_of(asked, Verdict.BLOCKED, blocked_by=self._question.step.databases_by)
        first = not results
        result = self._try(asked, kinds, attempt=0, first=first)
        repeated = result.verdict in (Verdict.FAILED, Verdict.TIMEOUT) and not self._is_confirmed
        if repeated and time.monotonic() < again_until:
            again = self._try(asked, kinds, attempt=1, first=False)
            if again.verdict is Verdict.PASSED:
                return result_of(
                    asked,
                    Verdict.FLAKY,
                    seconds=again.seconds,
                    expected=result.expected,
                    seen=result.seen,
                    steps=result.steps,
                )
        return result

    def kinds(self, asked: AskedCheck, results: Mapping[str, CheckResult]) -> list[str]:
        """Return the kinds of database to ask a check on.

        See :attr:`Step.databases_by` and :attr:`Check.either`.
        """
        question = self._question
        wanted = self._wanted(asked)
        switch = results.get(question.step.databases_by)
        if (
            question.previous is not None
            and asked.since.number < question.step.number
            and switch is not None
            and switch.verdict not in outcomes.SCORING
        ):
            wanted &= set(question.previous.databases)
        kinds = [kind for kind in question.databases if kind in wanted]
        if asked.check.either and kinds:
            # By its name, so that each kind gets its share, and a check always the same one.
            return [kinds[zlib.crc32(asked.check.id.encode()) % len(kinds)]]
        return kinds

    def _wanted(self, asked: AskedCheck) -> set[str]:
        """Return the kinds of database of this run that the check is about."""
        databases = self._question.databases
        return {kind for kind in databases if kind in (asked.check.databases or databases)}

    def _try(
        self, asked: AskedCheck, kinds: Sequence[str], *, attempt: int, first: bool
    ) -> CheckResult:
        """Run the check on each kind of database until it fails on one."""
        begin = time.monotonic()
        raised: Exception | None = None
        self._attempt, self._kind, self._trial = attempt, "", None
        self._is_confirmed = False
        for kind in kinds:
            self._kind = kind
            raised = self._raised_by(asked, first=first and kind == kinds[0])
            if raised is not None:
                break
        result = self._verdict(asked, raised, time.monotonic() - begin)
        if len(self._question.databases) > 1 and result.verdict is not Verdict.PASSED:
            name = {"sqlite": "SQLite", "mariadb": "MariaDB"}[self._kind]
            result = replace(result, seen=f"On {name}: {result.seen}")
        return result

    def _raised_by(self, asked: AskedCheck, *, first: bool) -> Exception | None:
        """Run the check and return the first exception, if there is one.

        It may be run on an app that has stood other checks, with its database put back. That it
        passes there counts; that it does not only counts when it is so in a world of its own too.
        """
        lent = self._borrow(asked)
        was_alone = lent is None and not self._lent
        raised = self._raised_in_a_trial(asked, first=first, lent=lent)
        if raised is None or was_alone:
            return raised
        self.close()
        again = self._raised_in_a_trial(asked, first=first, lent=None)
        self._is_confirmed = again is not None and _words(raised) == _words(again)
        if again is None:
            self._unfit += 1
            _LOG.info("%s passes only on a new app: %s", asked.check.id, raised)
        return again

    def _borrow(self, asked: AskedCheck) -> Lent | None:
        """Return the app that an earlier check has left, if this one can do with it."""
        if asked.check.fresh and self._kind == "sqlite":
            return None  # files do not get into each other's way, as databases on one server do
        lent = self._lent.pop(self._kind, None)
        if lent is None:
            return None
        if self._shares(asked) and lent.remote.is_running and lent.jail.alive:
            try:
                lent.put_back()
                return lent
            except DatabaseTrouble:
                self._unfit += 1
        lent.close()
        return None

    def _shares(self, asked: AskedCheck) -> bool:
        """Tell whether a check may be run on an app that others have used, and leave it to others.

        An instructor's own check may do what it likes to an app, and never has to share it.
        """
        return not asked.check.fresh and asked.own is None and self._unfit < _MOST_UNFIT

    def _raised_in_a_trial(
        self, asked: AskedCheck, *, first: bool, lent: Lent | None
    ) -> Exception | None:
        question = self._question
        raised: Exception | None = None
        self._trial = None
        try:
            trial = self._trial = Trial(
                self._bench,
                question.submission,
                question.step,
                question.previous,
                self._kind,
                f"{question.seed}:{asked.check.id}:{self._attempt}",
                inspect=first,
                quick_hashes=not asked.check.true_hashes,
                lends=self._shares(asked),
                lent=lent,
            )
        except Exception as error:
            return error
        try:
            _run(asked.check.function, trial, may_crash=asked.check.may_crash)
        except Exception as error:
            raised = error
        finally:
            try:
                if raised is None and (left := trial.leave()) is not None:
                    self._lent[self._kind] = left
                elif raised is not None:
                    trial.close()
            except Exception as error:
                raised = raised or error
        if isinstance(raised, ChannelDisturbed):
            self._notice([Notice("tampering", str(raised))])
        self._notice(notices_from(trial, question.submission))
        return raised

    def _verdict(self, asked: AskedCheck, raised: Exception | None, seconds: float) -> CheckResult:
        """Turn what the check raised into a verdict."""
        if raised is None:
            return result_of(asked, Verdict.PASSED, seconds=seconds)
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
            case AppTrouble():
                expected, seen = "The app answers with a page.", str(raised)
            case SchemaError():
                expected, seen = "The statements in schema.sql can be executed.", str(raised)
            case DatabaseTrouble():
                expected, seen = "The database goes on working.", str(raised)
            case _:
                return self._error(asked, raised, seconds)
        return result_of(
            asked, verdict, seconds=seconds, expected=expected, seen=seen, **self._explained(asked)
        )

    def _explained(self, asked: AskedCheck) -> dict[str, object]:
        """Return what makes a failure understandable: the story, the exchange, the cause."""
        trial = self._trial
        if trial is None:
            return {}
        # Where the checker itself has broken something, what the app says of it explains nothing.
        provoked = asked.check.may_crash
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

    def _error(self, asked: AskedCheck, raised: Exception, seconds: float) -> CheckResult:
        """Say that the checker failed, with what a maintainer needs and a student may see."""
        where = raised.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f" ({where.tb_frame.f_code.co_name}, line {where.tb_lineno})" if where else ""
        return result_of(
            asked,
            Verdict.ERROR,
            seconds=seconds,
            expected="The checker works.",
            seen=f"{type(raised).__name__}: {raised}{place}",
        )


def _run(function: Callable[..., None], trial: Trial, *, may_crash: bool) -> None:
    """Call the check with what it asks for, then look at what holds for every check."""
    wanted = inspect.signature(function).parameters
    try:
        given = {name: make(trial) for name, make in GIVEN.items() if name in wanted}
        function(**given)
    except (CheckFailed, VisitError):
        if trial.crashed_last:
            trial.verify(may_crash=may_crash)  # explains more than what came of it
        raise
    trial.verify(may_crash=may_crash)


def _words(raised: Exception) -> tuple[type[Exception], object]:
    """Return by what two failures of a check are known to be the same one."""
    return type(raised), getattr(raised, "expected", None)


def result_of(asked: AskedCheck, verdict: Verdict, **more: object) -> CheckResult:
    """Return a check's result with what is known without having tried it."""
    check = asked.check
    return CheckResult(
        id=check.id,
        title=check.title,
        verdict=verdict,
        points=asked.points if verdict in outcomes.SCORING else 0,
        max_points=asked.points,
        since=asked.since.number,
        lesson=f"steps/{asked.since.name}/README.md#{check.lesson}" if check.lesson else "",
        visibility=asked.own.visibility if asked.own else Visibility.VISIBLE,
        hint="" if verdict is Verdict.PASSED else check.hints[0],
        **more,  # type: ignore[arg-type]
    )


def _sentence(phrase: str) -> str:
    return f"{phrase[:1].upper()}{phrase[1:]}."
