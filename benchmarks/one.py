"""(a) One submission, the same ten checks of step 1, by every grader."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import contenders, figures
from benchmarks.errors import BenchmarkError
from benchmarks.figures import Row, Table
from benchmarks.ground import COURSE, Ground, mistaken, solution, write, wrong_apps
from benchmarks.options import Options
from benchmarks.peers.ten import TEN
from benchmarks.warm import WarmBench

WARM = "check, warm (watch)"
_NAMES = tuple(each.name for each in contenders.ALL)


def measure(options: Options) -> Iterator[Table]:
    """Yield the tables."""
    step = COURSE[0]
    with Ground() as ground, WarmBench() as warm:
        folder = solution(step, options.scratch / "one")
        prove(options, ground)
        seconds: dict[str, list[float]] = {name: [] for name in (*_NAMES, WARM)}
        processor: dict[str, list[float]] = {name: [] for name in seconds}
        for number in range(options.rounds + 1):
            ground.clean()
            for each in contenders.ALL:
                asked = each.ask(folder, ground)
                _insist(asked.passed, f"{each.name} refuses the solution")
                if number:
                    seconds[each.name].append(asked.cost.wall)
                    processor[each.name].append(asked.cost.cpu)
            spent, report = warm.run(step, folder, only=TEN)
            _insist(report.passed and len(report.results) == len(TEN), f"{WARM} refuses it")
            if number:
                seconds[WARM].append(spent.wall)
                processor[WARM].append(spent.cpu)
    columns = ["on the clock", "on the processor"]
    rows = [Row(name, [seconds[name], processor[name]]) for name in seconds]
    targets = [
        figures.ratio(f"{ours} / {peer}, on the clock", seconds[ours], seconds[peer])
        for ours in (contenders.OURS, WARM)
        for peer in (contenders.PLAIN, contenders.CHECK50, contenders.GRADESCOPE)
    ]
    notes = ["Cold, the checker also starts a database server of its own; the peers find one."]
    title = "One submission of step 1, the same ten checks"
    yield Table("one", title, "seconds", columns, rows, targets, notes)


_proven = False


def prove(options: Options, ground: Ground) -> None:
    """See that every grader asks ten checks, accepts the solution, and refuses ten wrong apps.

    :raises BenchmarkError: one of them does not: what it took would mean nothing.
    """
    global _proven
    if _proven:
        return
    step = COURSE[0]
    right = solution(step, options.scratch / "right")
    wrong = [
        (check, write(mistaken(step, mistake), options.scratch / "wrong" / mistake.id))
        for check, mistake in wrong_apps()
    ]
    for each in contenders.ALL:
        asked = each.ask(right, ground)
        _insist(set(asked.verdicts) == set(TEN), f"{each.name} asked {sorted(asked.verdicts)}")
        _insist(asked.passed, f"{each.name} refuses the solution: {asked.verdicts}")
        for check, folder in wrong:
            verdicts = each.ask(folder, ground).verdicts
            _insist(
                verdicts.get(check) is False, f"{each.name} does not see {folder.name} by {check}"
            )
        print(
            f"  {each.name}: {len(asked.verdicts)} checks; accepts the solution, refuses "
            f"{len(wrong)} of {len(wrong)} wrong apps, each by the check that is there for it",
            flush=True,
        )
    _proven = True


def _insist(condition: bool, otherwise: str) -> None:
    if not condition:
        raise BenchmarkError(f"{otherwise}. Nothing can be compared.")
