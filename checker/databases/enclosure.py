"""Where a database server runs: a jail of its own, or a plain process with limits.

The server does what the submission tells it to, so it is not trusted either. In the jail it sees
the system's programs, its own data in memory and the few files that it is handed; it has no
network, and all of it ends with the checker. As a plain process (macOS, no bubblewrap) it has
limits, is another user than root, and ends when the pipe to the checker breaks.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from checker.bubblewrap import UNPRIVILEGED, as_nobody, empty_machine, parts_of
from checker.databases.trouble import ServerError
from checker.setup.machine import find_program

#: All of a server's data in the jail; a plain process has only the limit for each file.
DATA_BYTES = 256 << 20
FILE_BYTES = 64 << 20
#: Address space: about three times what the server starts with.
MEMORY_BYTES = 3 << 30

#: Where things are in the jail.
DATA = "/data"

_LIMITS = (
    "umask 077; ulimit -c 0; "
    f"ulimit -f {FILE_BYTES // 512} || exit; "
    f"ulimit -v {MEMORY_BYTES // 1024} 2>/dev/null || :; "  # macOS has no such limit
)
#: Runs its arguments until standard input, which the checker holds, ends.
_UNTIL_INPUT_ENDS = (
    'exec 3<&0; "$@" </dev/null & child=$!; { read -r _ <&3; kill -9 "$child"; } & watch=$!; '
    'wait "$child"; status=$?; kill "$watch" 2>/dev/null; wait; exit "$status"'
)
#: How long that may take after the end of the input.
_SECONDS_TO_END = 5.0


class Enclosure:
    """One process tree in its place; ends completely when told to, and when the checker dies.

    Start it in the main thread: in the jail, its life is bound to that thread's.

    :param script: shell commands; ``"$@"`` in them are the arguments.
    :param program: the program that matters, so that its folder can be shown in the jail.
    :param writable: files and folders outside, with their places in the jail.
    :param readable: the same, not to be changed.
    :param output: where everything that is printed goes.
    :raises ServerError: it cannot be started.
    """

    def __init__(
        self,
        script: str,
        arguments: Sequence[str],
        *,
        jail: bool,
        program: Path,
        writable: Mapping[Path, str],
        readable: Mapping[Path, str],
        output: Path,
    ) -> None:
        shell = ("/bin/sh", "-c")
        command = [*_as_nobody(), *shell, _UNTIL_INPUT_ENDS, "sh"]
        command += [*shell, _LIMITS + script, "sh", *arguments]
        if jail:
            command = [*_jail(program, writable, readable), *command]
        try:
            with output.open("wb") as file:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=file,
                    stderr=file,
                    cwd="/",
                    env=_environment(program),
                    start_new_session=True,  # Ctrl-C is for the checker
                )
        except OSError as error:
            raise ServerError(f"{command[0]} cannot be started: {error.strerror}.") from error

    @property
    def status(self) -> int | None:
        """How it ended; ``None`` while it runs."""
        return self._process.poll()

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended by itself; false when it has not."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self) -> None:
        """End it and wait until nothing of it is left. Harmless the second time."""
        pipe = self._process.stdin
        assert pipe is not None
        pipe.close()  # so each process is waited for by its parent; no zombie comes to `init`
        if not self.wait(_SECONDS_TO_END):
            self._process.kill()
            self._process.wait()


def let_in(folder: Path) -> None:
    """Let the server's user enter a folder without seeing what is in it."""
    if os.geteuid() == 0:
        folder.chmod(0o711)


def hand_over(folder: Path) -> None:
    """Make the server's user the owner of a folder."""
    if os.geteuid() == 0:
        os.chown(folder, UNPRIVILEGED, UNPRIVILEGED)


def _environment(program: Path) -> dict[str, str]:
    return {
        "PATH": f"{program.parent}:/usr/bin:/bin:/usr/sbin:/sbin",
        "LANG": "C",
        # Else the C library reserves address space for each thread, and the limit is soon reached.
        "MALLOC_ARENA_MAX": "2",
    }


def _as_nobody() -> list[str]:
    """Return the prefix that gives up root for good; nothing for an ordinary user."""
    if os.geteuid() != 0:
        return []
    setpriv = find_program("setpriv")
    if setpriv is None:
        raise ServerError(
            "A database server never runs as root here, and `setpriv` (util-linux), which would "
            "change the user, is missing. Start the checker as an ordinary user."
        )
    return as_nobody(setpriv=str(setpriv), dies_with_parent=True)


def _jail(program: Path, writable: Mapping[Path, str], readable: Mapping[Path, str]) -> list[str]:
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise ServerError(
            "bubblewrap is not installed, so the database server cannot be locked in. On Debian "
            "and Ubuntu: apt-get install bubblewrap"
        )
    command = empty_machine("localhost", _environment(program), bwrap)
    # Without a process of bubblewrap's own in there, which would end after the one outside and
    # leave a zombie to a container's `init`.
    command += ["--as-pid-1"]
    installation = program.parent.parent
    command += parts_of(installation, *(folder.name for folder in installation.iterdir()))
    if _limits_memory_folders(bwrap):
        command += ["--perms", "0777", "--size", str(DATA_BYTES), "--tmpfs", DATA]
    else:
        command += ["--perms", "0777", "--tmpfs", DATA]
    for path, place in writable.items():
        command += ["--bind", str(path), place]
    for path, place in readable.items():
        command += ["--ro-bind", str(path), place]
    # The root folder and /dev are in memory too: without this, an unlimited place to write.
    return [*command, "--dev", "/dev", "--remount-ro", "/dev", "--remount-ro", "/"]


@cache
def _limits_memory_folders(bwrap: str) -> bool:
    """Tell whether this bubblewrap takes ``--size``: since 0.7, and not where it is setuid."""
    with contextlib.suppress(OSError):
        if Path(bwrap).stat().st_mode & 0o4000:
            return False
    told = subprocess.run([bwrap, "--help"], capture_output=True, text=True, check=False)
    return "--size" in told.stdout + told.stderr
