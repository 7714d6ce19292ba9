"""The door: ``python3 -m benchmarks``, in the environment that the checker makes for itself."""

import sys

from checker import bootstrap


def main() -> int:
    """Prepare the machine if need be, then do what the command line says; return the exit code."""
    try:
        bootstrap.ensure([])
    except bootstrap.SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    from benchmarks.command import main as do

    return do(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
