"""From a bare Python to the environment that the checker runs in. Standard library only.

A start that finds everything in place costs a few milliseconds; the first one says what it does,
does it, and starts the same command again in the environment it made.
"""

import os
import sys
from collections.abc import Sequence

from checker.setup import environment
from checker.setup.environment import SetupError

__all__ = ["SetupError", "ensure"]

REQUIREMENTS = {"docs": environment.SITE, "selftest": environment.DEVELOPER}
"""For commands that need more packages than students do."""
RESTARTED = "WORKSHOP_RESTARTED"
"""Set over the restart in `.venv` to our own process id, which a restart keeps."""


def ensure(arguments: Sequence[str]) -> None:
    """Return when this process can run the checker; until then, set up and restart in `.venv`.

    :param arguments: the command line; its command decides what is needed.
    :raises SetupError: when the machine lacks what may not be installed without asking.
    """
    if "--help" in arguments or "-h" in arguments:
        return  # what there is to know about a command is known without its packages
    command = arguments[0] if arguments else ""
    requirements = REQUIREMENTS.get(command, environment.STUDENT)
    restarted = os.environ.pop(RESTARTED, "") == str(os.getpid())

    ready = _is_complete(requirements) or environment.is_ready(requirements)
    changed = not ready or not (command == "doctor" or _has_programs(command))
    if changed:
        _set_up(requirements, command)
    # What was installed under a running Python is seen in full by the next one.
    if _is_complete(requirements) and not (changed and environment.is_ours()):
        return
    if restarted and not changed:
        raise SetupError(
            f"{environment.PYTHON} does not start in .venv. Remove .venv, start again."
        )
    _restart()


def _is_complete(requirements: str) -> bool:
    """Tell whether the running Python has everything, as .venv or as an environment of its own."""
    if environment.is_ours():
        return environment.is_ready(requirements)
    if not environment.is_virtual() and environment.is_ready(requirements):
        return False
    return not environment.lacking(requirements)


def _has_programs(command: str) -> bool:
    from checker.setup import machine

    return not machine.missing(machine.for_command(command))


def _set_up(requirements: str, command: str) -> None:
    from checker.setup import installation, machine

    with installation.alone() as lock:
        # Looked at again: another start may have done it all while this one waited.
        ready = _is_complete(requirements) or environment.is_ready(requirements)
        needs = machine.for_command(command) + ([] if ready else machine.to_build())
        missing = machine.missing(needs)
        if missing:
            machine.install(missing)
        if not ready:
            done_before = environment.installed() and not environment.UNFINISHED.exists()
            environment.say(
                "The packages in .venv have to be brought up to date."
                if done_before
                else "Setting up this folder; it is done once."
            )
            installation.install(requirements, lock)


def _restart() -> None:
    os.environ[RESTARTED] = str(os.getpid())
    # macOS: the variable would make the new Python believe it were the old one.
    os.environ.pop("__PYVENV_LAUNCHER__", None)
    python = str(environment.PYTHON)
    sys.stdout.flush()
    os.execv(python, [python, *sys.orig_argv[1:]])
