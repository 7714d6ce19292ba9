"""``run``: the student's app in a browser, in the same jail and on the same kind of database."""

from __future__ import annotations

import argparse
import html
import socket
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wsgi import get_input_stream

from checker.apps.limits import Limits
from checker.apps.remote import RemoteApp
from checker.apps.submission import Submission, SubmissionError
from checker.apps.trouble import AppTrouble
from checker.commands.workshop import PASSED, Misuse, Workshop, shown
from checker.course import Step
from checker.databases import SchemaError
from checker.reports.printable import printable
from checker.suites.bench import Bench
from checker.suites.trial import Trial
from checker.verdicts.diagnosis import AppException, Evidence, diagnose

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: The account that step 01, which has no registration, is served with.
DEMO_ACCOUNT = ("ada", "Analytical-Engine-1843")
_PORTS_TRIED = 20
_A_DAY = 86_400.0
_PAGE = "<!doctype html><meta charset=utf-8><title>The app stopped</title><h1>{}</h1><p>{}</p>"


def serve(options: argparse.Namespace) -> int:
    """Serve a step on this machine until Ctrl-C."""
    workshop = Workshop.open()
    step = workshop.step(options.step)
    folder = step.solution if options.solution else step.folder
    with workshop.bench() as bench:
        bench.limits = Limits(start_seconds=20, request_seconds=30, app_seconds=_A_DAY)
        app = ReloadedApp(step, folder, bench, workshop.console)
        server = _server(options.port, app)
        address = f"http://127.0.0.1:{server.server_port}"
        workshop.console.print(Text.assemble("Serving ", shown(folder), " at ", (address, "bold")))
        if step.number == 1:
            name, password = DEMO_ACCOUNT
            workshop.console.print(f"An account to log in with: {name}, password {password}")
        workshop.console.print("Saved files count at the next request. Ctrl-C ends.\n")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            workshop.console.print("Stopped.")
        finally:
            server.server_close()
            app.close()
    return PASSED


class ReloadedApp:
    """A WSGI callable that starts the app anew when its files have changed.

    The database and the secret key stay the same, so that whoever was logged in still is.
    """

    def __init__(self, step: Step, folder: Path, bench: Bench, console: Console) -> None:
        self._step, self._folder, self._bench, self._console = step, folder, bench, console
        self._trial: Trial | None = None
        self._app: RemoteApp | None = None
        self._printed = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; what is wrong with the app is shown instead of a page."""
        # A browser keeps its line open: what it sends ends where its headers say, not before.
        environ["wsgi.input"] = get_input_stream(environ)
        try:
            return self._running()(environ, start_response)
        except (AppTrouble, SubmissionError, SchemaError) as trouble:
            self._show_output()
            cause = self._cause(trouble.exceptions if isinstance(trouble, AppTrouble) else ())
            self._console.print(Text(printable(f"{trouble} {cause}"), style="red"))
            self._end_app()
            headers = [("Content-Type", "text/html; charset=utf-8")]
            start_response("500 INTERNAL SERVER ERROR", headers)
            told = _PAGE.format(html.escape(str(trouble)), html.escape(cause))
            return [told.encode(errors="replace")]
        finally:
            self._show_output()

    def _running(self) -> RemoteApp:
        submission = Submission.read(self._folder)
        if self._trial is None:
            kind = self._step.databases[0]
            self._trial = Trial(
                self._bench,
                submission,
                self._step,
                None,
                kind,
                "",
                inspect=False,
                quick_hashes=False,
            )
            if self._step.number == 1:
                self._trial.database.add_account(*DEMO_ACCOUNT)
        if self._app is None or submission.digest != self._trial.submission.digest:
            self._end_app()
            self._trial.submission = submission
            self._app = self._trial.start().remote
            self._printed = 0
        return self._app

    def _cause(self, exceptions: tuple[AppException, ...]) -> str:
        submission = self._trial.submission if self._trial else Submission({})
        files, sources = tuple(submission.files), submission.sources
        cause = diagnose(Evidence(exceptions, files=files, sources=sources))
        return f"{cause.title}. {cause.advice}" if cause else ""

    def _show_output(self) -> None:
        """Print what the app printed since the last time."""
        if self._app is not None:
            output = self._app.output
            if len(output) > self._printed:
                self._console.print(Text(printable(output[self._printed :].rstrip("\n"))))
                self._printed = len(output)

    def _end_app(self) -> None:
        if self._app is not None:
            self._app.close()
            self._app = None

    def close(self) -> None:
        """End the app and its database."""
        if self._trial is not None:
            self._trial.close()


class _Handler(WSGIRequestHandler):
    """Writes one short line a request."""

    def log_request(self, code: int | str = "-", _size: int | str = "-") -> None:
        status = code.value if isinstance(code, HTTPStatus) else code
        print(printable(f"{self.command} {self.path} → {status}", 200), flush=True)


def _server(port: int, app: ReloadedApp) -> Any:
    """Listen on the port, or on the next one that is free.

    :raises Misuse: none of them is.
    """
    for candidate in range(port, port + _PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
        return make_server("127.0.0.1", candidate, app, request_handler=_Handler)
    raise Misuse(
        f"The ports {port} to {port + _PORTS_TRIED - 1} are all taken; name another with --port."
    )
