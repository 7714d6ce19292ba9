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
#: The proofs of an audit, see checker/audit/parts.py.
AUDIT_PARTS = (
    "solutions",
    "alternatives",
    "mutants",
    "automatic",
    "security",
    "ordinary",
    "hijacks",
    "vacuity",
    "matrix",
)


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

    try:
        return _command(options.command)(options)
    except (Misuse, SubmissionError, ProgressError) as error:
        print(printable(str(error)), file=sys.stderr)
        return MISUSE
    except (CourseError, JailError, ServerError) as error:
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
    "notebooks": "notebooks:open_lab",
    "docs": "docs:docs",
    "checks": "adding:own_checks",
    "grade": "grading:grade",
    "report": "grading:report",
    "export": "exporting:export",
    "deliver": "delivering:deliver",
    "audit": "auditing:audit",
}


def _command(name: str | None) -> Callable[[argparse.Namespace], int]:
    module, _, function = _COMMANDS[name].partition(":")
    found: Callable[[argparse.Namespace], int] = getattr(
        importlib.import_module(f"checker.commands.{module}"), function
    )
    return found


def _positive(said: str) -> int:
    number = int(said)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{said} is not 1 or more")
    return number


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
    check.add_argument("--checks", metavar="DIR", help="add your own checks, see `checks`")
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
    audit = add("audit", "prove that the checks catch what is wrong and nothing else")
    audit.add_argument("--steps", nargs="+", metavar="N", help="only these steps")
    audit.add_argument(
        "--part", nargs="+", metavar="PART", choices=AUDIT_PARTS, help=", ".join(AUDIT_PARTS)
    )
    audit.add_argument("--jobs", type=int, metavar="N", help="how many processes; one a processor")
    audit.add_argument(
        "--times", type=int, default=1, metavar="N", help="repeat, busy in turn, and compare"
    )
    audit.add_argument(
        "--keep", metavar="DIR", help="write each round there, and go on with those that are there"
    )
    audit.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    audit.add_argument("--write", action="store_true", help="put the figures on record")
    adding = add("checks", "try a folder of your own checks on the reference solutions")
    adding.add_argument("folder", metavar="DIR", help="with files test_….py")
    adding.add_argument(
        "--announce", action="store_true", help="write how many there are, for your students"
    )
    grade = add("grade", "grade a class: a folder with a folder, zip or clone for each student")
    grade.add_argument("submissions", metavar="SUBMISSIONS")
    grade.add_argument("--steps", metavar="1-6", help="which steps, such as 1-3,5; default: all")
    grade.add_argument("--jobs", type=_positive, metavar="N", help="how many at a time")
    grade.add_argument("--out", metavar="DIR", help="where results go; default: NAME-results")
    grade.add_argument("--roster", metavar="FILE", help="a CSV file with names and groups")
    grade.add_argument("--checks", metavar="DIR", help="add your own checks, see `checks`")
    grade.add_argument(
        "--again",
        nargs="*",
        metavar="NAME",
        help="grade again: students, steps or checks by name; without NAME: all",
    )
    grade.add_argument(
        "--no-jail", action="store_true", help="even where there is no jail: you trust them all"
    )
    grade.add_argument("--scheduler", metavar="tcp://…", help="use the workers of a Dask cluster")
    report = add("report", "write a class's reports anew and show the summary")
    report.add_argument("results", metavar="DIR", help="what `grade` has written into")
    for each in (grade, report):
        each.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
        each.add_argument(
            "--after-due-date",
            action="store_true",
            help="students may see what was hidden till then",
        )
    export = add("export", "write a grader for a platform where you already work")
    export.add_argument("platform", choices=("gradescope", "classroom", "exercism"))
    export.add_argument("--steps", metavar="1-6", help="which steps, such as 1-3,5; default: all")
    export.add_argument("--out", metavar="DIR", help="where to; default: PLATFORM-export")
    export.add_argument("--force", action="store_true", help="replace what is there")
    deliver = add("deliver", "what an exported grader types: grade one submission on the platform")
    platforms = ("gradescope", "classroom", "classroom50", "exercism")
    deliver.add_argument("platform", choices=platforms)
    deliver.add_argument("--steps", required=True, metavar="N", help="which steps, such as 1,2")
    deliver.add_argument("--path", required=True, metavar="DIR", help="the submission")
    deliver.add_argument("--out", default=".", metavar="DIR", help="where the result goes")
    for each in (export, deliver):
        each.add_argument(
            "--no-jail", action="store_true", help="even where there is no jail: you trust them"
        )
    lab = add("notebooks", "open the notebooks in JupyterLab")
    lab.add_argument("--port", type=int, default=8888, metavar="N", help="default: 8888")
    lab.add_argument("--no-browser", action="store_true", help="only print the address")
    site = add("docs", "serve the site with lessons, notebooks and checks, on this machine")
    site.add_argument("--port", type=int, default=8000, metavar="N", help="default: 8000")
    site.add_argument(
        "--build", nargs="?", const="site", metavar="DIR", help="build it instead; default: site"
    )
    site.add_argument(
        "--write", action="store_true", help="write the pages that are made from other files"
    )
    add("doctor", "look at everything that the workshop needs, and say what to mend")
    add("selftest", "run the project's own tests; more options go to pytest")
    return parser
