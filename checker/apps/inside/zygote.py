"""The process inside the jail that is forked into the submission's app, once per check.

It is started with the number of its control socket, imports what apps usually need, and then
waits for orders. For each ``start`` it forks a *warden*, which makes namespaces of its own (so
that the app sees no other process, and its private ``/app`` and ``/tmp``) and forks the *app*:

    zygote ── fork ──▶ warden ── fork ──▶ app (process 1 of its own world)
      control            watch             channel: requests in, responses out

The zygote and the wardens never run a line of the submission. Only the app process does, and it
holds no descriptor but its channel and its output. It runs with what Python ships, Flask, and
the two neighbouring files; nothing of the checker is visible here.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120

import confine
import frames
import inspection
import relay
from describe import describe

#: Where the submission's files are, inside the jail.
APP_FOLDER = "/app"


def main() -> None:
    """Prepare, then fork an app for every order until the checker closes the control socket."""
    control = socket.socket(fileno=int(sys.argv[1]))
    decoder = frames.Decoder()
    order = frames.receive(control, decoder)
    if order is None:
        return
    settings = order.header
    _restore_site(settings["site"])
    if settings["relay"]:
        relay.start(*settings["relay"])
    missing = _preload(settings["preload"])
    gc.freeze()  # what is loaded now stays shared with every fork
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # wardens need nobody to wait for them
    control.sendall(frames.encode({"type": "ready", "missing": missing}))
    while True:
        handed_over = _receive_descriptors(control)
        if handed_over is None:
            return
        order = frames.receive(control, decoder)
        if order is None:
            return
        if os.fork() == 0:
            control.close()
            _warden(order, settings, *handed_over)
        for descriptor in handed_over:
            os.close(descriptor)


def _restore_site(folders: list[str]) -> None:
    """Make the libraries importable, and ``exit`` and its like, as any Python has them."""
    import site

    site.setquit()
    site.setcopyright()
    site.sethelper()
    sys.path.extend(folders)


def _preload(names: list[str]) -> list[str]:
    missing = []
    for name in names:
        try:
            __import__(name)
        except ImportError:
            missing.append(name)
    return missing


def _receive_descriptors(control: socket.socket) -> tuple[int, int, int] | None:
    """Return channel, watch and output of the app to be started; ``None`` when it is over."""
    data, descriptors, _flags, _address = socket.recv_fds(control, 1, 3)
    if not data:
        return None
    channel, watch, output = descriptors
    return channel, watch, output


def _warden(
    order: frames.Frame, settings: dict[str, Any], channel: int, watch: int, output: int
) -> NoReturn:
    """Start the app, report how it ended, and end it when the checker lets go of ``watch``."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    watcher = socket.socket(fileno=watch)
    folder = APP_FOLDER
    try:
        if settings["isolate"]:
            confine.enter_namespaces(order.header["limits"], folder)
        else:
            folder = tempfile.mkdtemp(prefix="app-", dir=settings["scratch"])
        _write_files(order, folder)
        if settings["user"] is not None:
            for path in (Path(folder), *Path(folder).rglob("*")):
                os.chown(path, settings["user"], settings["user"])
        wake, wake_write = _pipe()
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write)
        app = os.fork()
        if app == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for descriptor in (watch, wake, wake_write):
                os.close(descriptor)
            _become_app(order, settings, folder, channel, output)
        os.close(channel)
        os.close(output)
        status = _watch(app, watcher, wake)
        with contextlib.suppress(OSError):
            watcher.sendall(frames.encode({"type": "exit", "status": status}))
    except BaseException as error:
        with contextlib.suppress(OSError):
            watcher.sendall(frames.encode({"type": "trouble", "text": repr(error)[:2000]}))
    finally:
        if not settings["isolate"]:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)


def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends


def _watch(app: int, watcher: socket.socket, wake: int) -> int:
    """Wait until the app has ended, or end it; return its wait status."""
    import select

    while True:
        sources: list[Any] = [watcher, wake]
        readable, _, _ = select.select(sources, [], [])
        if wake in readable:
            with contextlib.suppress(BlockingIOError):
                os.read(wake, 64)
            done, status = os.waitpid(app, os.WNOHANG)
            if done:
                _kill_group(app)
                return status
        if watcher in readable:  # closed by the checker: time to go
            with contextlib.suppress(ProcessLookupError):
                os.kill(app, signal.SIGKILL)
            _kill_group(app)
            return os.waitpid(app, 0)[1]


def _kill_group(app: int) -> None:
    """End what the app has started and left in its group (in the jail its death did so)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(app, signal.SIGKILL)


def _write_files(order: frames.Frame, folder: str) -> None:
    offset = 0
    for name, size in order.header["files"]:
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(order.body[offset : offset + size])
        offset += size


def _become_app(
    order: frames.Frame, settings: dict[str, Any], folder: str, channel: int, output: int
) -> NoReturn:
    """Turn this process into the submission's app and serve it until the channel closes."""
    header = order.header
    born = os.getpid()
    status = 1
    try:
        os.setpgid(0, 0)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
        sys.stdout = io.TextIOWrapper(
            io.FileIO(1, "w"), errors="backslashreplace", write_through=True
        )
        sys.stderr = io.TextIOWrapper(
            io.FileIO(2, "w"), errors="backslashreplace", write_through=True
        )
        os.environ.clear()
        os.environ.update(header["environment"])
        if not settings["isolate"]:
            os.environ["TMPDIR"] = folder
        os.chdir(folder)
        _limit(header["limits"])
        if settings["isolate"]:
            confine.give_up_privileges()
        elif settings["user"] is not None:
            confine.become(settings["user"])
        _forget_own_files()
    except BaseException as error:
        broken = {"type": "broken", "text": f"{type(error).__name__}: {error}"[:2000]}
        socket.socket(fileno=channel).sendall(frames.encode(broken))
        os._exit(1)
    try:
        _Server(socket.socket(fileno=channel), folder, born).run(header)
        status = 0
    except (BrokenPipeError, ConnectionResetError):
        pass  # the checker is gone
    except BaseException as error:
        print(f"The app's server stopped: {type(error).__name__}: {error}", file=sys.stderr)
    finally:
        os._exit(status)


def _limit(limits: dict[str, int]) -> None:
    for kind, value in (
        (resource.RLIMIT_FSIZE, limits["files"]),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, limits["memory"]),
        (getattr(resource, "RLIMIT_NPROC", None), limits["processes"]),
    ):
        if kind is not None:
            with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
                resource.setrlimit(kind, (value, value))


def _forget_own_files() -> None:
    """Let the app import its own ``frames`` or ``relay``, not this folder's."""
    sys.path.pop(0)
    for name in ("confine", "describe", "frames", "inspection", "relay"):
        del sys.modules[name]
    sys.argv = ["flask", "run"]


class _Server:
    """Answers the checker's requests with the submission's WSGI app, one after the other."""

    def __init__(self, channel: socket.socket, folder: str, born: int) -> None:
        self._channel = channel
        self._folder = folder
        self._born = born
        self._exceptions: list[dict[str, Any]] = []
        self._clock: Any = None

    def run(self, header: dict[str, Any]) -> None:
        if header["inspect"]:
            self._send({"type": "findings", "findings": inspection.inspect(self._folder)})
        try:
            app = self._load()
        except BaseException as error:
            self._send({"type": "failed", "exceptions": [describe(error, self._folder)]})
            return
        self._send({"type": "started", "served": self._served})
        decoder = frames.Decoder()
        while (request := frames.receive(self._channel, decoder)) is not None:
            answer, body = self._answer(app, request)
            self._send(answer, body)

    def _load(self) -> Any:
        """Find the app as ``flask run`` does, and see to it that its exceptions are noted."""
        from flask import Flask, cli

        self._served: list[dict[str, Any]] = []
        os.environ["FLASK_RUN_FROM_CLI"] = "true"

        def run(_app: Flask, *_arguments: object, **_options: object) -> None:
            """Stand in for ``Flask.run``, which does nothing under ``flask run`` either."""
            caller = sys._getframe(1)
            name = os.path.relpath(caller.f_code.co_filename, self._folder)
            self._served.append({"file": name, "line": caller.f_lineno})

        Flask.run = run  # type: ignore[method-assign,assignment]
        cli.load_dotenv()
        app = cli.ScriptInfo(app_import_path=os.environ.get("FLASK_APP")).load_app()
        handle = app.handle_user_exception

        def noting(error: Exception) -> Any:
            self._exceptions.append(describe(error, self._folder))
            return handle(error)

        app.handle_user_exception = noting  # type: ignore[method-assign,assignment]
        return app

    def _answer(self, app: Any, request: frames.Frame) -> tuple[dict[str, Any], bytes]:
        header = request.header
        self._set_clock(header["now"])
        self._exceptions = []
        answer: dict[str, Any] = {"type": "response", "id": header["id"]}
        begun: list[Any] = []

        def start_response(status: Any, headers: Any, _error: Any = None) -> Any:
            begun[:] = [status, headers]
            return written.write

        written = io.BytesIO()
        try:
            body, too_long = self._collect(
                app(self._environ(request), start_response), written, header["answer"]
            )
            answer |= {"status": begun[0], "headers": [list(pair) for pair in begun[1]]}
            answer["too_long"] = too_long
            frames.encode(answer)  # can it be sent at all?
        except BaseException as error:
            raised = describe(error, self._folder)
            if raised not in self._exceptions:
                self._exceptions.append(raised)
            answer = {"type": "response", "id": header["id"], "raised": True, "too_long": False}
            answer |= {"status": "500 INTERNAL SERVER ERROR", "headers": []}
            body = b""
        answer["exceptions"] = self._exceptions[-5:]
        return answer, body

    def _environ(self, request: frames.Frame) -> dict[str, Any]:
        environ: dict[str, Any] = request.header["environ"]
        return environ | {
            "wsgi.version": (1, 0),
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def _collect(self, chunks: Any, written: io.BytesIO, limit: int) -> tuple[bytes, bool]:
        """Read the response's body up to ``limit`` bytes; tell whether there was more."""
        try:
            for chunk in chunks:
                if not isinstance(chunk, bytes):
                    raise TypeError(f"a response is made of bytes, not {type(chunk).__name__}")
                written.write(chunk)
                if written.tell() > limit:
                    return written.getvalue()[:limit], True
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        return written.getvalue(), False

    def _set_clock(self, now: float | None) -> None:
        """Show the app another time of day, running on from ``now`` (seconds since 1970)."""
        if self._clock is not None:
            self._clock.stop()
            self._clock = None
        if now is not None:
            import time_machine

            self._clock = time_machine.travel(now, tick=True)
            self._clock.start()

    def _send(self, header: dict[str, Any], body: bytes = b"") -> None:
        if os.getpid() != self._born:  # a process that the app forked: it has nothing to answer
            os._exit(0)
        self._channel.sendall(frames.encode(header, body))


if __name__ == "__main__":
    main()
