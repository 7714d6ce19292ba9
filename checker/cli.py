"""The command line: what can be asked for, and how a failure is said."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence

EPILOG = """\
Exit codes: 0 passed, 1 failed checks, 2 misuse, 3 the checker's own fault, 130 Ctrl-C.
Environment: MYSQL_HOST, MYSQL_PORT, MYSQL_UNIX_SOCKET, MYSQL_USER and MYSQL_PASSWORD name a server
of your own to use instead of a private one; NO_COLOR turns colours off.
"""


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments ask for and return the exit code."""
    if arguments[:1] == ["selftest"]:  # its options are for pytest
        from checker import selftest

        return selftest.run(arguments[1:])
    options = _parser().parse_args(arguments)
    if options.command == "doctor":  # for whoever may have none of what the others import
        from rich.console import Console

        from checker import doctor

        return doctor.run(Console(highlight=False))
    return _guarded(options)


def _guarded(options: argparse.Namespace) -> int:
    """Run the command; errors that somebody can mend are one sentence, never a traceback."""
    from checker.apps.submission import SubmissionError
    from checker.apps.trouble import JailError
    from checker.commands.workshop import FAULT, INTERRUPTED, MISUSE, Misuse
    from checker.course import CourseError
    from checker.databases import ServerError
    from checker.progress import ProgressError
    from checker.reports.printable import printable
    from checker.running import RunError

    try:
        return _command(options.command)(options)
    except (Misuse, SubmissionError, ProgressError) as error:
        print(printable(str(error)), file=sys.stderr)
        return MISUSE
    except (CourseError, JailError, RunError, ServerError) as error:
        print(printable(str(error)), file=sys.stderr)
        print("`python3 -m checker doctor` looks for the reason.", file=sys.stderr)
        return FAULT
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        return FAULT


#: Where each command is: only the one that is asked for gets imported.
_COMMANDS = {
    None: "guide:overview",
    "start": "guide:start",
    "hint": "guide:hint",
    "next": "guide:go_on",
    "check": "checking:check",
    "watch": "checking:watch",
    "run": "serving:serve",
    "attack": "attacking:attack",
    "diff": "files:diff",
    "reset": "files:reset",
}


def _command(name: str | None) -> Callable[[argparse.Namespace], int]:
    module, _, function = _COMMANDS[name].partition(":")
    found: Callable[[argparse.Namespace], int] = getattr(
        importlib.import_module(f"checker.commands.{module}"), function
    )
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m checker",
        description="The Flask Login Workshop: steps to build, and a checker that says whether "
        "they really work. Without a command: where you are.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def add(name: str, text: str, *, step: bool = False) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        if step:
            command.add_argument(
                "step", nargs="?", metavar="N", help="number or name of a step; the current one"
            )
        return command

    add("start", "begin a step: what to read, edit and type", step=True)
    check = add("check", "check a step and say what to mend", step=True)
    where = check.add_mutually_exclusive_group()
    where.add_argument("--path", metavar="DIR", help="check this folder instead of steps/NN-…")
    where.add_argument("--solution", action="store_true", help="check the reference solution")
    check.add_argument(
        "--only", nargs="+", metavar="CHECK", help="only these checks and what they need"
    )
    check.add_argument("--all", action="store_true", help="explain every failure in full")
    check.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    check.add_argument("--seed", type=int, metavar="N", help="make up the same names again")
    watch = add("watch", "check a step after every save", step=True)
    watch.add_argument("--path", metavar="DIR", help="watch this folder instead of steps/NN-…")
    watch.add_argument("--all", action="store_true", help="explain every failure in full")
    watch.add_argument("--poll", action="store_true", help="for network drives and WSL mounts")
    hint = add("hint", "the next hint for a check (the first that failed)")
    hint.add_argument("check", nargs="?", metavar="CHECK")
    serve = add("run", "serve a step for your browser, with a database of its own", step=True)
    serve.add_argument("--solution", action="store_true", help="serve the reference solution")
    serve.add_argument("--port", type=int, default=5000, metavar="N", help="default: 5000")
    attack = add("attack", "play an attack against a step and tell the story; without NAME: list")
    attack.add_argument("name", nargs="?", metavar="NAME")
    attack.add_argument("--step", metavar="N", help="number or name of a step; the current one")
    target = attack.add_mutually_exclusive_group()
    target.add_argument("--path", metavar="DIR", help="attack this folder instead of steps/NN-…")
    target.add_argument("--solution", action="store_true", help="attack the reference solution")
    target.add_argument("--weak", action="store_true", help="attack an app of ours that falls")
    attack.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    diff = add("diff", "what you changed since the starter", step=True)
    diff.add_argument("--solution", action="store_true", help="compare with the solution instead")
    reset = add("reset", "put the starter back; your files are kept")
    reset.add_argument("step", metavar="N", help="number or name of a step")
    following = add("next", "go on to the next step")
    following.add_argument("--carry", action="store_true", help="take your own code along")
    following.add_argument("--anyway", action="store_true", help="even if this step did not pass")
    add("doctor", "look at everything that the workshop needs, and say what to mend")
    add("selftest", "run the project's own tests; more options go to pytest")
    return parser
