"""The door: `python3 -m checker`, on a machine that has Python 3.11 and perhaps nothing else.

This file must parse on Python 3.6, so that an old Python gets a sentence and no syntax error.
"""

import os
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
WINDOWS = """\
The workshop needs Linux or macOS: your app runs in a jail that Windows does not have.
Two ways that work from Windows:
  WSL            type `wsl --install` once, open Ubuntu, clone the project there, and go on there
  dev container  open the project in VS Code and choose "Reopen in Container"
"""

if not __package__:
    # Started as `python3 checker`: the project must be importable, the checker's insides must not.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)


def main() -> int:
    """Prepare the machine if need be, then do what the command line says; return the exit code."""
    if sys.version_info < OLDEST:
        return _refuse(_too_old())
    if os.name == "nt":
        return _refuse(WINDOWS)
    from checker import bootstrap

    try:
        bootstrap.ensure(sys.argv[1:])
    except bootstrap.SetupError as error:
        return _refuse(str(error))
    except KeyboardInterrupt:
        return _refuse("\nStopped. The next start mends what is half done.", 130)
    from checker.cli import main as do

    return do(sys.argv[1:])


def _refuse(reason: str, code: int = 3) -> int:
    sys.stderr.write(reason.rstrip("\n") + "\n")
    return code


def _too_old() -> str:
    this = "This is Python {}.{}; the workshop needs 3.11 or newer.".format(*sys.version_info[:2])
    for name in NEWER:
        try:
            # Started, not only looked for: a version manager may own a name without the program.
            subprocess.check_output([name, "-c", ""], stderr=subprocess.STDOUT)
        except (OSError, subprocess.CalledProcessError):
            continue
        return "{}\nYou have a newer one. Type: {} -m checker {}".format(
            this, name, " ".join(sys.argv[1:])
        ).rstrip()
    return this + "\nInstall one (python.org, or your system's packages), then start again with it."


if __name__ == "__main__":
    sys.exit(main())
