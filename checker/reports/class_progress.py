"""A class while it is being graded: a line for each student that is done, a bar on a terminal."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from checker.grading.results import Refusal, Student
from checker.grading.store import Kept
from checker.reports.printable import printable


class ClassProgress:
    """Says how it goes on; see :class:`checker.grading.grader.Teller`.

    :param students: the class; those who are refused already are told at once.
    :ivar failures: the grades that could not be made, and why.
    """

    def __init__(self, console: Console, students: Sequence[Student]) -> None:
        self.failures: dict[tuple[str, int], str] = {}
        self._console = console
        self._students: dict[str, list[Student]] = {}
        for student in students:
            self._students.setdefault(student.source, []).append(student)
        self._waiting: Counter[str] = Counter()
        self._lines: dict[str, list[str]] = {}
        self._all = self._done = self._done_before = 0
        self._began: float | None = None
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("grading", total=None, left="")
        for student in students:
            if student.refusal is not None:
                self._say(student.name, f"refused: {student.refusal.what}")

    def planned(self, todo: Mapping[str, int], done: int) -> None:
        """So many jobs are left for each submission, and so many in all need not be done."""
        self._waiting = Counter(todo)
        self._all = sum(todo.values())
        kept = f"; {done} are kept from before" if done else ""
        grades = "grade" if self._all == 1 else "grades"
        self._console.print(f"{self._all} {grades} to make{kept}.", style="bright_black")
        self._bar.update(self._task, total=self._all)

    def running(self) -> None:
        """Measure the pace from now on."""
        self._began, self._done_before = time.monotonic(), self._done

    def began(self, what: str) -> None:
        """Something begins that takes a while."""
        self._console.print(f"{what} …", style="bright_black")

    def refused(self, source: str, refusal: Refusal) -> None:
        """A submission cannot be graded."""
        for student in self._students.get(source, ()):
            self._say(student.name, f"refused: {refusal.what}")

    def graded(self, source: str, step: int, kept: Kept, changed: str, patience: int) -> None:
        """A grade is there."""
        line = f"step {step}: {kept.score:g}/{kept.max_score:g}"
        if patience > 1:
            line += f" (time limits × {patience}: this machine is slow)"
        if changed:
            line += f" (changed: {changed})"
        self._finished(source, line)

    def failed(self, source: str, step: int, why: str) -> None:
        """A grade could not be made."""
        self.failures[source, step] = why
        self._finished(source, f"step {step}: not graded: {why}")

    def _finished(self, source: str, line: str) -> None:
        self._done += 1
        self._lines.setdefault(source, []).append(line)
        self._bar.update(self._task, completed=self._done, left=self._left())
        self._waiting[source] -= 1
        if not self._waiting[source]:
            said = "  ".join(sorted(self._lines.pop(source)))
            for student in self._students.get(source, ()):
                self._say(student.name, said)

    def _left(self) -> str:
        """Estimate from the pace so far how long the rest takes."""
        since = self._done - self._done_before
        if self._began is None or not since:
            return ""
        seconds = (time.monotonic() - self._began) / since * (self._all - self._done)
        return (
            f"about {seconds / 60:.0f} min left" if seconds > 90 else f"about {seconds:.0f} s left"
        )

    def _say(self, name: str, text: str) -> None:
        line = Text(f"{printable(name, 40):24} {printable(text, 300)}")
        if self._done and not self._console.is_terminal:  # there is no bar that says it
            left = f", {left}" if (left := self._left()) else ""
            line.append(f"  [{self._done} of {self._all}{left}]")
        self._console.print(line, soft_wrap=True)

    def __enter__(self) -> ClassProgress:
        self._bar.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._bar.stop()
