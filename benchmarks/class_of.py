"""(b) A class, the same ten checks for everybody: ours through ``grade``'s own loop."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import contenders, cost, environment, figures, one
from benchmarks.contenders import Asked, Contender
from benchmarks.cost import Cost
from benchmarks.errors import BenchmarkError
from benchmarks.figures import Row, Table
from benchmarks.ground import COURSE, Ground, mistaken, write, wrong_apps
from benchmarks.options import PROCESSORS, Options
from checker.apps.submission import Submission

GRADE = "grade"


def measure(options: Options) -> Iterator[Table]:
    """Yield the tables."""
    with Ground() as ground:
        one.prove(options, ground)
        folder = options.scratch / "class"
        right = make(folder, options.students)
        peers = [each for each in contenders.ALL if each.name != contenders.OURS]
        costs: dict[str, list[Cost]] = {GRADE: [], **{each.name: [] for each in peers}}
        for number in range(options.rounds):
            spent, passed = _ours(folder, options.scratch / f"class-results-{number}")
            _insist(GRADE, passed, right)
            costs[GRADE].append(spent)
            for each in peers:
                ground.clean()
                spent, passed = _theirs(each, folder, ground)
                _insist(each.name, passed, right)
                costs[each.name].append(spent)
    students = options.students
    wall = {name: [each.wall / students for each in spent] for name, spent in costs.items()}
    cpu = {name: [each.cpu / students for each in spent] for name, spent in costs.items()}
    yield Table(
        "class",
        f"A class of {students}, the same ten checks of step 1",
        "seconds per submission",
        ["on the processor", "on the clock"],
        [Row(name, [cpu[name], wall[name]]) for name in costs],
        [
            figures.ratio("grade / check50, processor", cpu[GRADE], cpu[contenders.CHECK50], 0.5),
            figures.ratio(
                "grade / plain pytest, processor", cpu[GRADE], cpu[contenders.PLAIN], 0.35
            ),
            figures.ratio(
                "grade / gradescope-utils, processor", cpu[GRADE], cpu[contenders.GRADESCOPE]
            ),
        ],
        [
            f"{len(right)} right apps and {students - len(right)} wrong ones; all graders agree "
            f"on which. {PROCESSORS} at a time, start and end included; ours in a jail."
        ],
    )


def make(into: Path, students: int, kinds: int | None = None) -> set[str]:
    """Make a class of right and wrong apps, no two alike; return who has to pass.

    :param kinds: how many of the ten wrong apps to use; with four, every ten students are alike.
    """
    step = COURSE[0]
    solution = dict(Submission.read(step.solution).files)
    wrong = [mistaken(step, mistake) for _check, mistake in wrong_apps()][:kinds]
    right = set()
    for number in range(students):
        name = f"student-{number:04d}"
        # Of five apps, two are wrong, so that a class of 50 has every wrong app twice.
        is_right = number % 5 < 3
        kind = number // 5 * 2 + number % 5 - 3
        files = dict(solution if is_right else wrong[kind % len(wrong)])
        files["app.py"] += f"# handed in by {name}\n".encode()
        write(files, into / name)
        if is_right:
            right.add(name)
    return right


def _ours(folder: Path, out: Path) -> tuple[Cost, set[str]]:
    line = [sys.executable, "-m", "benchmarks.grading_ten", str(folder), str(out), str(PROCESSORS)]
    spent = cost.command(line, folder=environment.ROOT, together=False, leaves_orphans=True)
    return spent, set(json.loads(spent.output.splitlines()[-1]))


def _theirs(contender: Contender, folder: Path, ground: Ground) -> tuple[Cost, set[str]]:
    """Let a peer grade everybody, as many at a time as there are processors."""
    submissions = sorted(folder.iterdir())
    asked: list[Asked] = []
    begin, before = time.perf_counter(), cost.busy()
    with ThreadPoolExecutor(PROCESSORS) as pool:
        for told in pool.map(lambda each: contender.ask(each, ground), submissions):
            asked.append(told)
            ground.tidy()
    wall = time.perf_counter() - begin
    cpu = cost.busy() - before
    passed = {each.name for each, told in zip(submissions, asked, strict=True) if told.passed}
    return Cost(wall, cpu), passed


def _insist(name: str, passed: set[str], right: set[str]) -> None:
    if passed != right:
        raise BenchmarkError(
            f"{name} judges otherwise than it should: {sorted(passed ^ right)[:5]}. "
            "Nothing can be compared."
        )
