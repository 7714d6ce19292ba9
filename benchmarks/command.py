"""What ``python3 -m benchmarks`` does: measure the checker beside its peers. See README.md."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import (
    class_of,
    cost,
    environment,
    figures,
    growth,
    machine,
    one,
    page,
    setting_up,
    shares,
    suites,
    waiting,
)
from benchmarks.errors import BenchmarkError
from benchmarks.figures import Results, Table
from benchmarks.options import Options

PARTS: dict[str, Callable[[Options], Iterator[Table]]] = {
    "waiting": waiting.measure,
    "one": one.measure,
    "class": class_of.measure,
    "suites": suites.measure,
    "growth": growth.measure,
    "set-up": setting_up.measure,
    "shares": shares.measure,
}


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        older = _read(options.json) if options.json and options.keep else None
        if options.parts:
            results = older or Results({}, [])
            for results in _measured(options, arguments, older):
                if options.json:  # after each part, so that a run that is stopped keeps something
                    options.json.write_text(json.dumps(results.as_json(), indent=1) + "\n")
        else:
            assert older is not None
            results = older
        if options.write:
            page.write(results)
            print(f"Written: {page.PAGE.name} and {page.PICTURE.name} in docs.")
    except BenchmarkError as error:
        print(error, file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return 0


def _measured(
    options: argparse.Namespace, arguments: Sequence[str], older: Results | None
) -> Iterator[Results]:
    """Measure part after part, and yield what there is after each."""
    # As on most machines: what was compiled once is there at the next start, for everybody.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    cost.adopt()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends all that was started
    environment.ensure()
    about = machine.about(arguments)
    print(*(f"{name}: {text}" for name, text in about.items()), sep="\n", flush=True)
    tables: list[Table] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        chosen = Options(
            Path(scratch), options.rounds, options.steps, options.students, options.growth
        )
        for part in options.parts:
            print(f"\n{part}", flush=True)
            begin = time.monotonic()
            for table in PARTS[part](chosen):
                tables.append(table)
                print()
                print(*figures.as_text(table), sep="\n", flush=True)
            print(f"  ({time.monotonic() - begin:.0f} s)", flush=True)
            results = Results(about, tables)
            yield results if older is None else results.including(older)


def _read(file: Path) -> Results:
    try:
        return figures.from_json(json.loads(file.read_text()))
    except FileNotFoundError:
        raise BenchmarkError(f"{file} is not there, so there is nothing to keep.") from None
    except ValueError as error:
        raise BenchmarkError(f"{file} is no JSON: {error}.") from error


def _numbers(said: str) -> tuple[int, ...]:
    try:
        numbers = tuple(map(int, said.split(",")))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{said!r} is no list such as 1,2,3") from None
    if min(numbers) < 1:
        raise argparse.ArgumentTypeError(f"{min(numbers)} is not 1 or more")
    return numbers


def _steps(said: str) -> tuple[int, ...]:
    numbers = _numbers(said)
    if max(numbers) > 6:
        raise argparse.ArgumentTypeError(f"there is no step {max(numbers)}")
    return numbers


def _one_or_more(said: str) -> int:
    return _numbers(said)[0]


def _parts(said: str) -> tuple[str, ...]:
    wanted = tuple(filter(None, said.split(",")))
    if unknown := set(wanted) - PARTS.keys():
        raise argparse.ArgumentTypeError(
            f"there is no part {sorted(unknown)[0]!r}; there are {', '.join(PARTS)}"
        )
    return wanted


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks", description=__doc__)
    parser.add_argument(
        "--parts",
        type=_parts,
        default=tuple(PARTS),
        metavar="a,b,…",
        help=f"some of {', '.join(PARTS)}; default: all",
    )
    parser.add_argument("--rounds", type=_one_or_more, default=5, help="default: 5")
    parser.add_argument(
        "--steps", type=_steps, default=(1, 2, 3, 4, 5, 6), metavar="1,2,…", help="default: all"
    )
    parser.add_argument("--students", type=_one_or_more, default=50, help="of the class")
    parser.add_argument(
        "--growth", type=_numbers, default=(10, 100, 1000), metavar="10,100,…", help="class sizes"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures into a file")
    parser.add_argument(
        "--keep",
        action="store_true",
        help="keep what FILE has of the parts that are left out; with --parts '' measure nothing",
    )
    parser.add_argument(
        "--write", action="store_true", help="put the figures into docs/benchmarks.md"
    )
    return parser
