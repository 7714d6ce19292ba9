"""The ways in which an app can fail to answer, each with a sentence for its author."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checker.apps.remote import RemoteApp
    from checker.verdicts.diagnosis import AppException


class JailError(Exception):
    """The jail itself does not work; the text says why. Never the submission's fault."""


class AppTrouble(Exception):
    """The app gave no usable answer. ``str()`` of it is a sentence for the student.

    :ivar app: the app that it is about, closed; what it printed and raised is still to be had.
    """

    app: RemoteApp | None = None

    @property
    def exceptions(self) -> tuple[AppException, ...]:
        """What the app raised before."""
        return self.app.exceptions if self.app is not None else ()


class FilesRefused(AppTrouble):
    """The submission's files cannot be put where the app runs: odd names, or too many."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The files of the app cannot be written into its folder: {reason}.")


class AppFailedToStart(AppTrouble):
    """Loading the app raised an exception, or found no app; the app's exceptions tell which."""


class AppEnded(AppTrouble):
    """The app's process ended by itself or was ended by the system.

    :param status: wait status as of :func:`os.wait`; ``None`` when it could not be learnt.
    :param doing: what the app was at: ``starting``, or ``answering GET /``.
    """

    def __init__(self, status: int | None, doing: str) -> None:
        self.status = status
        super().__init__(f"The app's process {_ending(status)} while it was {doing}.")


class AppHungUp(AppTrouble):
    """The app is still there and has closed the line that requests come through."""

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"The app closed the connection that requests come through while it was {doing}. "
            "Perhaps it closes files that it did not open."
        )


class AppTimedOut(AppTrouble):
    """No answer within the time that everybody gets."""

    def __init__(self, seconds: float, doing: str) -> None:
        self.seconds = seconds
        super().__init__(f"The app was still {doing} after {seconds:g} seconds, and was stopped.")


class AppTookTooLong(AppTimedOut):
    """Each answer came in time, and all together took longer than everybody gets."""

    def __init__(self, seconds: float, answers: int) -> None:
        AppTrouble.__init__(
            self,
            f"The app was stopped: it took more than {seconds:g} seconds for {answers} answers.",
        )
        self.seconds = seconds


class AppTookTooMuchMemory(AppTrouble):
    """All of the app's processes together were over the limit, and were ended."""

    def __init__(self, used: int, limit: int) -> None:
        self.used, self.limit = used, limit
        mib = 1024 * 1024
        super().__init__(
            f"The app was ended: it used {used // mib} MB of memory; it may use {limit // mib} MB."
        )


class RequestTooLong(AppTrouble):
    """What the app made a browser remember or repeat is more than a request can carry."""

    def __init__(self) -> None:
        super().__init__(
            "The request would be longer than any server takes: the app's cookies or addresses "
            "have grown too long."
        )


class AnswerTooLong(AppTrouble):
    """The response body is longer than any page."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The response is longer than {limit // 1024**2} MB, or never ends; no page is."
        )


class AnswerMalformed(AppTrouble):
    """Status or headers are not what HTTP (RFC 9110) and WSGI (PEP 3333) allow."""


class ChannelDisturbed(AppTrouble):
    """Something in the app wrote to the checker's own wire: an attempt to answer for Flask."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The app tampered with the line to the checker: {what}. Such answers are not counted."
        )


def _ending(status: int | None) -> str:
    if status is None:
        return "ended"
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = str(number)
        return f"was ended by the signal {name}"
    return f"ended itself (exit code {os.WEXITSTATUS(status)})"
