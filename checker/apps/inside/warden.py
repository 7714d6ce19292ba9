"""The parent of one app: makes its world, starts it, tells how it ended, and ends it.

It never runs a line of the submission, and the submission cannot reach it: it has other
namespaces, and it alone holds the socket ``watch``. What stands there is therefore true.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

import confine
import frames
import relay
import server

#: Where the submission's files are, inside the jail.
APP_FOLDER = "/app"
#: This folder's modules, whose names the submission may use for its own.
_OWN = (
    *("confine", "describe", "frames", "hurry", "inspection", "lookup", "relay", "server"),
    "warden",
)


def keep(
    order: frames.Frame, settings: dict[str, Any], channel: int, watch: int, output: int
) -> NoReturn:
    """Start the app, report how it ended, and end it when the checker lets go of ``watch``."""
    watcher = socket.socket(fileno=watch)
    last: dict[str, Any]
    try:
        status = _start_and_wait(order, settings, channel, watcher, output)
        last = {"type": "exit", "status": status}
    except _FilesRefused as error:
        last = {"type": "refused", "text": str(error)[:2000]}
    except BaseException as error:
        last = {"type": "trouble", "text": f"{type(error).__name__}: {error}"[:2000]}
    with contextlib.suppress(OSError):
        watcher.sendall(frames.encode(last))
    os._exit(0)


def _start_and_wait(
    order: frames.Frame,
    settings: dict[str, Any],
    channel: int,
    watcher: socket.socket,
    output: int,
) -> int:
    isolate, limits = settings["isolate"], order.header["limits"]
    listener = None
    if isolate:
        folder = APP_FOLDER
        confine.enter_namespaces(limits, folder, settings["code"])
        if settings["relay"]:
            listener = relay.listen(settings["relay"][0])
    else:
        folder = tempfile.mkdtemp(prefix="app-", dir=settings["scratch"])
        confine.adopt_orphans()
    try:
        outlasted = "store" in settings and _keep_instance(
            folder, settings["store"], settings["user"]
        )
        _write_files(order, folder, settings["user"], leave_out="instance/" if outlasted else None)
        wake, wake_write = _pipe()
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write)
        app = _fork()
        if app == 0:
            for descriptor in (wake, wake_write):
                os.close(descriptor)
            if listener is not None:
                listener.close()
            _become_app(order, settings, folder, channel, watcher, output)
        os.close(channel)
        os.close(output)
        return _watch(app, watcher, wake, listener, settings["relay"])
    finally:
        if not isolate:
            confine.end_children()
            shutil.rmtree(folder, ignore_errors=True)


def _fork() -> int:
    """Fork; the child has a signal handling of its own."""
    child = os.fork()
    if child == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    return child


def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends


def _watch(
    app: int,
    watcher: socket.socket,
    wake: int,
    listener: socket.socket | None,
    forwarded: tuple[int, str],
) -> int:
    """Wait until the app has ended, or end it; return its wait status.

    The relay to the database is started when the app first asks for it; few do.
    """
    watched: list[Any] = [watcher, wake, *([listener] if listener is not None else [])]
    while True:
        readable, _, _ = select.select(watched, [], [])
        if wake in readable:
            with contextlib.suppress(BlockingIOError):
                os.read(wake, 64)
            if (status := _reap(app, os.WNOHANG)) is not None:
                _kill_group(app)
                return status
        if watcher in readable:  # closed by the checker: time to go
            with contextlib.suppress(ProcessLookupError):
                os.kill(app, signal.SIGKILL)
            _kill_group(app)
            while (status := _reap(app, 0)) is None:
                pass
            return status
        if listener in readable and listener is not None:
            watched.remove(listener)
            with contextlib.suppress(OSError):  # the app is just ending
                _start_relay(listener, forwarded[1], watcher, wake)
            listener.close()


def _reap(app: int, options: int) -> int | None:
    """Wait for one child, or for all that have ended; return the app's wait status if it is there.

    The relay has to be waited for too: process 1 of a world ends only after all others are gone.
    """
    while True:
        try:
            child, status = os.waitpid(-1, options)
        except ChildProcessError:
            return None
        if child == app:
            return status
        if child == 0 or not options:
            return None


def _start_relay(listener: socket.socket, target: str, watcher: socket.socket, wake: int) -> None:
    """Fork the relay into the app's own world: it can hurt nobody else, and ends with the app."""
    if _fork() == 0:
        try:
            watcher.close()
            os.close(wake)
            _connect_output(os.open(os.devnull, os.O_WRONLY))  # the jail's log is not for the app
            confine.give_up_privileges()
            relay.serve(listener, target)
        finally:
            os._exit(0)


def _kill_group(app: int) -> None:
    """End what the app has started and left in its group (in the jail its death did so)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(app, signal.SIGKILL)


class _FilesRefused(Exception):
    """The submission's files cannot be written; the text tells which and why."""


def _keep_instance(folder: str, store: str, user: int | None) -> bool:
    """Let the app's folder ``instance`` outlast the app, as it does on a disk.

    :param store: the world's own folder, where it really is.
    :return: whether an earlier app has made something of it; it is not touched then, for anything
        may stand there, also links to places where only the app must not write.
    """
    kept = Path(store, "instance")
    Path(folder, "instance").symlink_to(kept, target_is_directory=True)
    try:
        kept.mkdir()
    except FileExistsError:
        return True
    if user is not None:
        os.chown(kept, user, user)
    return False


def _write_files(
    order: frames.Frame, folder: str, user: int | None, *, leave_out: str | None = None
) -> None:
    offset = 0
    for name, size in order.header["files"]:
        data, offset = order.body[offset : offset + size], offset + size
        if leave_out is not None and name.startswith(leave_out):
            continue
        path = Path(folder, name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise _FilesRefused(f"{name[:100]!r}: {reason}") from error
    if user is not None:
        for path in (Path(folder), *Path(folder).rglob("*")):
            os.chown(path, user, user, follow_symlinks=False)


def _become_app(
    order: frames.Frame,
    settings: dict[str, Any],
    folder: str,
    channel: int,
    watcher: socket.socket,
    output: int,
) -> NoReturn:
    """Turn this process into the submission's app and serve it until the channel closes."""
    header = order.header
    status = 1
    try:
        os.setpgid(0, 0)
        _connect_output(output)
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
        _uncover(header["files"], settings["usual"])
        watcher.close()  # from here on nothing that this process says is beyond doubt
    except BaseException as error:
        broken = {"type": "trouble", "text": f"{type(error).__name__}: {error}"[:2000]}
        watcher.sendall(frames.encode(broken))
        os._exit(1)
    try:
        server.Server(socket.socket(fileno=channel), folder).run(header)
        status = 0
    except (BrokenPipeError, ConnectionResetError):
        pass  # the checker is gone
    except BaseException as error:
        print(f"The app's server stopped: {type(error).__name__}: {error}", file=sys.stderr)
    finally:
        os._exit(status)


def _connect_output(output: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    for number, name in ((1, "stdout"), (2, "stderr")):
        raw = io.FileIO(number, "w")
        setattr(sys, name, io.TextIOWrapper(raw, errors="backslashreplace", write_through=True))


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
    """Let the app import its own ``frames`` or ``server``, not this folder's."""
    sys.path.pop(0)
    for name in _OWN:
        del sys.modules[name]
    sys.argv = ["flask", "run"]


def _uncover(files: list[list[Any]], usual: frozenset[str]) -> None:
    """Let files of the submission hide libraries of the same name, as ``flask run`` would.

    Only what Flask itself has loaded by then stays (see ``zygote._prepare``).
    """
    own = {name.partition("/")[0].removesuffix(".py") for name, _size in files} - usual
    for name in list(sys.modules):
        if name.partition(".")[0] in own:
            del sys.modules[name]
