"""What every command needs: the course, the progress, a console, and how a command fails."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rich.console import Console

from checker.course import STATE, Step, steps
from checker.progress import Progress, key
from checker.suites.bench import Bench

PASSED, FAILED, MISUSE, FAULT = 0, 1, 2, 3
INTERRUPTED = 130
_MOST_BENCHES = 4  # each takes some 200 MB


class Misuse(Exception):
    """The command cannot do what it was asked; the text says why and what to type instead."""


@dataclass
class Workshop:
    """What a command works with.

    :ivar console: where a person reads; standard error when standard output is for a program.
    """

    console: Console

    @classmethod
    def open(cls, *, for_program: bool = False) -> Workshop:
        """Look at the terminal and open the workshop."""
        width = None if sys.stdout.isatty() else 100
        return cls(Console(stderr=for_program, highlight=False, markup=False, width=width))

    @cached_property
    def course(self) -> list[Step]:
        """All steps in order."""
        return steps()

    @cached_property
    def progress(self) -> Progress:
        """Where the student is."""
        return Progress.load()

    @property
    def current(self) -> Step:
        """The step worked on: the one started last, else the first that is not done."""
        for step in self.course:
            if key(step) == self.progress.current:
                return step
        return next((s for s in self.course if not self.progress.done(s)), self.course[-1])

    def step(self, said: str | None) -> Step:
        """Return the step that a number, ``01`` or a name stands for; the current one for none.

        :raises Misuse: there is no such step.
        """
        if said is None:
            return self.current
        for step in self.course:
            number = re.fullmatch(r"0*(\d+)", said)
            if (number and int(number[1]) == step.number) or said in (step.name, key(step)):
                return step
        known = ", ".join(f"{step.number} ({key(step)})" for step in self.course)
        raise Misuse(f"There is no step {said!r}. The steps are: {known}.")

    def chosen_steps(self, said: str | None) -> list[Step]:
        """Return the steps that ``1-3,5`` stands for, in order; all for nothing.

        :raises Misuse: there is no such step, or a span runs backwards.
        """
        if said is None:
            return self.course
        numbers: set[int] = set()
        for part in said.split(","):
            span = re.fullmatch(r"\s*(\d+)\s*-\s*(\d+)\s*", part)
            first, last = span.groups() if span else (part.strip(), part.strip())
            begin, end = self.step(first).number, self.step(last).number
            if begin > end:
                raise Misuse(f"--steps {said}: {part.strip()} runs backwards. Say {end}-{begin}.")
            numbers.update(range(begin, end + 1))
        return [step for step in self.course if step.number in numbers]

    def bench(self) -> Bench:
        """Return a server and a jail to run submissions in, and say so where there is no jail."""
        bench = Bench(STATE / "cache", beside=min(os.cpu_count() or 1, _MOST_BENCHES) - 1)
        if not bench.isolated:
            self.console.print(
                f"Without a jail: {bench.why_not}. The app runs as a plain process with limits; "
                "check only code that you trust.",
                style="yellow",
            )
        return bench


def shown(path: Path) -> str:
    """Return a path as a person would type it here."""
    try:
        return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)
    except (OSError, ValueError):
        return str(path)
