"""(c) and (d) Each step's whole suite: ours warm, plain pytest, the floor, request by request."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import cost, environment, figures, recording
from benchmarks.cost import Cost
from benchmarks.errors import BenchmarkError
from benchmarks.figures import Row, Table, Target
from benchmarks.ground import COURSE, Ground, solution
from benchmarks.options import PROCESSORS, Options
from benchmarks.warm import WarmBench
from checker.course import Step
from checker.databases.schema import split

_PEERS = Path(__file__).resolve().parent / "peers"
OURS, OURS_ONE = f"checker, {PROCESSORS} benches", "checker, 1 bench"
PLAIN = "plain pytest"
PLAIN_BESIDE = f"plain pytest -n {PROCESSORS}"
PLAIN_QUICK = "plain pytest, cheap hashes"
FLOOR = "floor"
#: What is wanted, as parts of the others' seconds on the clock.
_OF_PLAIN, _OF_FLOOR = 0.5, 1.5
_ALL = (OURS, OURS_ONE, PLAIN, PLAIN_BESIDE, PLAIN_QUICK, FLOOR)


def measure(options: Options) -> Iterator[Table]:
    """Yield the tables."""
    costs: dict[str, dict[str, list[Cost]]] = {}
    names, counts = {}, []
    for step in (COURSE[number - 1] for number in options.steps):
        print(f"  step {step.number}: recording …", end="", flush=True)
        file = write_step(step, options.scratch)
        tapes = json.loads(Path(json.loads(file.read_text())["tapes"]).read_text())
        requests = recording.requests_in(tapes)
        print(f" {len(tapes)} trials, {requests} requests", flush=True)
        with Ground() as ground:
            left_out = leave_out_unplayable(file, ground)
        for each in left_out:
            print(f"  left out for the peers: {each}", flush=True)
        names[step.name] = f"step {step.number}"
        counts.append(
            f"Step {step.number}: {len(tapes)} trials, {requests} requests; {len(left_out)} are "
            "left out for the peers."
        )
        costs[step.name] = _of_step(step, file, len(tapes) - len(left_out), options)
    for what, title in (("wall", "on the clock"), ("cpu", "on the processor")):
        series = {
            step: {name: [getattr(each, what) for each in spent] for name, spent in of.items()}
            for step, of in costs.items()
        }
        rows = [Row(names[step], [of[name] for name in _ALL]) for step, of in series.items()]
        whole = Row("all", [figures.sums(of[name] for of in series.values()) for name in _ALL])
        first = what == "wall"
        yield Table(
            f"suites-{what}",
            f"Each step's whole suite on its solution, {title}",
            "seconds",
            list(_ALL),
            [*rows, whole],
            ratios(rows, whole, title, has_aims=first),
            [*(counts if first else ()), "Every answer was the recorded one."],
        )


def ratios(rows: Sequence[Row], whole: Row, title: str, *, has_aims: bool) -> list[Target]:
    """Return what the table says: of all steps together, and of each against plain pytest.

    :param whole: all steps together.
    """
    column = {name: number for number, name in enumerate(_ALL)}

    def ratio(text: str, row: Row, ours: str, theirs: str, most: float | None = None) -> Target:
        ones, others = row.cells[column[ours]], row.cells[column[theirs]]
        return figures.ratio(f"{text}, {title}", ones, others, most if has_aims else None)

    plain = "checker / plain pytest"
    return [
        ratio(plain, whole, OURS, PLAIN, _OF_PLAIN),
        *(ratio(f"{plain}, {row.name}", row, OURS, PLAIN, _OF_PLAIN) for row in rows),
        ratio(f"{plain} with cheap hashes", whole, OURS, PLAIN_QUICK),
        ratio(f"{plain} -n {PROCESSORS}", whole, OURS, PLAIN_BESIDE),
        ratio("checker / floor", whole, OURS, FLOOR, _OF_FLOOR),
        ratio("checker on one bench / floor", whole, OURS_ONE, FLOOR),
    ]


def write_step(step: Step, into: Path) -> Path:
    """Record a step, and write down for the peers where its parts are; return that file."""
    tapes = recording.record(step, into)
    previous = COURSE[step.number - 2] if step.number > 1 else None
    own = solution(step, into / f"own-{step.number}")
    before = str(solution(previous, into / f"previous-{step.number}")) if previous else ""
    schema = [one.text for one in split(step.schema) if not one.is_about_databases]
    said = {
        "own": str(own),
        "previous": before,
        "schema": json.dumps(schema),
        "key": recording.SECRET_KEY,
        "tapes": str(tapes),
    }
    file = into / f"step-{step.number}.json"
    file.write_text(json.dumps(said))
    return file


def leave_out_unplayable(file: Path, ground: Ground) -> list[str]:
    """Take out the tapes whose answers depend on the second in which they are played.

    The peers then have less to do than the checker, never more.

    :return: what each of them saw, in a line.
    :raises BenchmarkError: it is more than one in twenty.
    """
    line = [str(environment.PYTHON), str(_PEERS / "floor.py"), "0"]
    settings = ground.settings | {"BENCH_STEP": str(file), "BENCH_SERVER": str(_pid(ground))}
    spent = cost.command(line, folder=file.parent, environment=settings)
    told = json.loads(spent.output.splitlines()[-1])
    out = {tuple(each) for each in told["unplayable"]}
    tapes_file = Path(json.loads(file.read_text())["tapes"])
    tapes = json.loads(tapes_file.read_text())
    kept = [tape for tape in tapes if (tape["check"], tape["kind"]) not in out]
    if len(out) * 20 > len(tapes):
        raise BenchmarkError(f"{len(out)} of {len(tapes)} tapes cannot be played: {told['wrong']}")
    tapes_file.write_text(json.dumps(kept))
    return list(told["wrong"])


def _of_step(step: Step, file: Path, tapes: int, options: Options) -> dict[str, list[Cost]]:
    """Measure a step, everybody in turn in each round."""
    costs: dict[str, list[Cost]] = {name: [] for name in _ALL}
    folder = solution(step, options.scratch / "suite")
    with Ground() as ground, WarmBench() as warm, WarmBench(1) as single:
        for number in range(options.rounds + 1):
            spent = {}
            for name, bench in ((OURS, warm), (OURS_ONE, single)):
                spent[name], report = bench.run(step, folder)
                if not report.passed:
                    raise BenchmarkError(f"The solution of step {step.number} does not pass.")
            if number == 0:  # ours is warm now; the others begin anew each time
                continue
            ground.clean()
            spent[PLAIN] = _pytest(file, ground, tapes, "true")
            ground.clean()
            spent[PLAIN_BESIDE] = _pytest(file, ground, tapes, "true", "-n", str(PROCESSORS))
            ground.clean()
            spent[PLAIN_QUICK] = _pytest(file, ground, tapes, "quick")
            ground.clean()
            spent[FLOOR] = floor(file, ground)
            for name, each in spent.items():
                costs[name].append(each)
    return costs


def _pytest(file: Path, ground: Ground, tapes: int, hashes: str, *more: str) -> Cost:
    line = [str(environment.PYTHON), "-m", "pytest", "-p", "no:cacheprovider", "-q"]
    line += ["--tb=short", "-c", str(_PEERS / "pytest.ini"), str(_PEERS / "test_tapes.py"), *more]
    spent = cost.command(
        line,
        folder=file.parent,
        environment=ground.settings | {"BENCH_STEP": str(file), "BENCH_HASHES": hashes},
    )
    if f"{tapes} passed" not in spent.output:
        raise BenchmarkError(f"Plain pytest ran other tests than {tapes}: {spent.output[-300:]}")
    return spent


def floor(file: Path, ground: Ground) -> Cost:
    """Play a step's tapes in one warm process; the second time counts."""
    line = [str(environment.PYTHON), str(_PEERS / "floor.py"), "1"]
    settings = ground.settings | {"BENCH_STEP": str(file), "BENCH_SERVER": str(_pid(ground))}
    spent = cost.command(line, folder=file.parent, environment=settings)
    told = json.loads(spent.output.splitlines()[-1])
    if told["wrong"]:
        raise BenchmarkError(f"The floor got other answers: {told['wrong'][:3]}")
    wall, cpu = told["rounds"][0]
    return Cost(wall, cpu)


def _pid(ground: Ground) -> int:
    assert ground.process is not None, sys.platform
    return ground.process.pid
