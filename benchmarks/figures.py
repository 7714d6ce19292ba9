"""What was measured: tables of figures, the targets beside them, and how they are written."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks import obstacles
from benchmarks.errors import BenchmarkError


@dataclass
class Row:
    """One line: a name, and for each column what was measured, round by round.

    An empty cell is nothing measured.
    """

    name: str
    cells: list[list[float]]


@dataclass
class Target:
    """What the project wants, and how far it is: a ratio or a figure that must not be exceeded.

    :ivar value: of the medians.
    :ivar low: the least of any round, and :attr:`high` the most.
    :ivar most: what is wanted; ``None`` for a ratio that is only told.
    """

    text: str
    value: float
    low: float
    high: float
    most: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether it is kept; ``None`` where nothing is wanted."""
        return None if self.most is None else self.value <= self.most

    def told(self) -> str:
        """Return it as a line: ``watch, step 1: 0.29 (0.28 to 0.31), wanted 0.30: met``."""
        spread = "" if self.low == self.high else f" ({number(self.low)} to {number(self.high)})"
        line = f"{self.text}: {number(self.value)}{spread}"
        if self.most is None:
            return line
        line = f"{line}, wanted at most {number(self.most)}: {'met' if self.met else 'not met'}"
        why = obstacles.WHY.get(self.text, "")
        return line if self.met or not why else f"{line}. {why}"


@dataclass
class Table:
    """One question's answer.

    :ivar id: the part's name, and what the picture goes by.
    :ivar unit: of all cells, as a heading says it.
    :ivar notes: sentences that belong to it.
    """

    id: str
    title: str
    unit: str
    columns: list[str]
    rows: list[Row]
    targets: list[Target] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class Results:
    """Everything that one run measured.

    :ivar about: the machine, versions, date and command, by name.
    """

    about: dict[str, str]
    tables: list[Table]

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return asdict(self)

    def including(self, older: Results) -> Results:
        """Return these results with those of an earlier run for the parts that were left out."""
        have = {table.id: table for table in older.tables} | {t.id: t for t in self.tables}
        return Results(self.about, list(have.values()))


def from_json(said: object) -> Results:
    """Read what :meth:`Results.as_json` made.

    :raises BenchmarkError: it is something else; the text names what.
    """
    try:
        assert isinstance(said, dict)
        return Results(
            {str(name): str(text) for name, text in said["about"].items()},
            [
                Table(
                    **table
                    | {
                        "rows": [Row(**row) for row in table["rows"]],
                        "targets": [Target(**target) for target in table["targets"]],
                    }
                )
                for table in said["tables"]
            ],
        )
    except (AssertionError, AttributeError, KeyError, TypeError) as error:
        raise BenchmarkError(
            f"These are no results of `python3 -m benchmarks --json` ({error!r})."
        ) from error


def ratio(
    text: str, values: Sequence[float], to: Sequence[float], most: float | None = None
) -> Target:
    """Return the ratio of two series that were measured in the same rounds."""
    by_round = [one / other for one, other in zip(values, to, strict=True)]
    middle = statistics.median(values) / statistics.median(to)
    return Target(text, middle, min(by_round), max(by_round), most)


def limit(text: str, values: Sequence[float], most: float) -> Target:
    """Return a figure that must not exceed ``most``."""
    return Target(text, statistics.median(values), min(values), max(values), most)


def sums(series: Iterable[Sequence[float]]) -> list[float]:
    """Return, round by round, the sum over several series."""
    return [sum(values) for values in zip(*series, strict=True)]


def number(value: float) -> str:
    """Return a figure with as many digits as mean something."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 20 else 2 if abs(value) >= 0.1 else 3
    return f"{value:.{digits}f}"


def cell(values: Sequence[float]) -> str:
    """Return a cell: the median, and in brackets the fastest and the slowest."""
    if not values:
        return "–"
    middle = number(statistics.median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({number(min(values))}–{number(max(values))})"


def as_text(table: Table) -> Iterator[str]:
    """Yield a table's lines for a terminal."""
    head = [f"{table.title} [{table.unit}]", *table.columns]
    body = [[row.name, *map(cell, row.cells)] for row in table.rows]
    widths = [max(len(line[column]) for line in [head, *body]) for column in range(len(head))]
    for line in [head, *body]:
        first, *others = (text for text in line)
        cells = (text.rjust(width) for text, width in zip(others, widths[1:], strict=True))
        yield "  ".join([first.ljust(widths[0]), *cells]).rstrip()
    for target in table.targets:
        yield f"  {target.told()}"
    for note in table.notes:
        yield f"  {note}"


def as_markdown(table: Table) -> Iterator[str]:
    """Yield a table's lines for the site."""
    yield f"### {table.title}"
    yield ""
    yield f"| {table.unit} | {' | '.join(table.columns)} |"
    yield "|---|" + "--:|" * len(table.columns)
    for row in table.rows:
        yield f"| {row.name} | {' | '.join(map(cell, row.cells))} |"
    if table.targets:
        yield ""
        yield from (f"- {target.told()}" for target in table.targets)
    if table.notes:
        yield ""
        yield " ".join(table.notes)
    yield ""
